import { type EntryInput, isLedgerError, type Ledger } from '@do/ledger'
import { balanceSheet, ratesOf, rounded, worth } from '@do/ledger/reports'
import { describe, expect, it } from 'vitest'
import { coverage, journalFile, posted } from './books.ts'
import { type Cells, cellsOfHledger, dayAfter, differences } from './cells.ts'
import { debianProgram } from './debian.ts'
import { exponents, type GeneratedBook, generate, random } from './generate.ts'
import { fraction, type HledgerBalances, type HledgerReport, hledger, inParallel, minorUnits, run } from './hledger.ts'
import { type Answer, ask, cells, ours, questions } from './statements.ts'

const program = debianProgram('hledger', 'hledger')
const seeds = Array.from({ length: 25 }, (_, index) => index + 1)

describe.skipIf(program === undefined)('hledger says the same of 1,000 entries in five currencies', () => {
  const hledgerProgram = program ?? ''

  it.for(seeds)('seed %i: balance sheet, income statement and cash flow by week, month, quarter and year', async (seed) => {
    const book = generate(seed, 1000)
    const ledger = posted(book)
    const journal = journalFile(ledger, `seed-${seed}`)
    const covered = coverage(book)
    const days = someDays(book)
    const answers: Answer[] = []
    await inParallel(
      [
        () => run(hledgerProgram, ['-f', journal, 'check']),
        ...questions.map(({ command, interval }) => async () => void answers.push(await ask(hledgerProgram, journal, command, interval))),
        () => sameValues(hledgerProgram, journal, ledger, covered),
        ...days.map((day) => () => sameEarnings(hledgerProgram, journal, ledger, day)),
      ],
      async (work) => void (await work()),
    )
    let compared = 0
    for (const answer of answers) {
      const found = ours(ledger, covered, answer)
      expect(found.columns.map(({ from, to }) => [from ?? '', dayAfter(to)])).toEqual(
        answer.dates.map(([from, end]) => [answer.command === 'bse' ? '' : from, end]),
      )
      const mine = cells(ledger, covered, answer)
      expect(differences(mine, answer.cells)).toEqual([])
      compared += answer.cells.size
    }
    expect(answers).toHaveLength(12)
    // Thousands of cells that are not zero: nothing was compared with nothing.
    expect(compared).toBeGreaterThan(4000)
  })

  it('finds every one of six seeded errors', async () => {
    const book = generate(99, 1000)
    const journal = journalFile(posted(book), 'truth')
    const answers = await inParallel(questions.filter(({ interval }) => interval !== '-W'), ({ command, interval }) =>
      ask(hledgerProgram, journal, command, interval),
    )
    const found = (ledger: Ledger) =>
      answers.reduce((sum, answer) => sum + differences(cells(ledger, coverage(book), answer), answer.cells).length, 0)
    expect(found(posted(book))).toBe(0)
    for (const [name, change] of Object.entries(errors)) {
      const changed = book.entries.map((entry, index) => (index === 500 ? change(entry) : entry))
      expect(changed[500], name).not.toEqual(book.entries[500])
      expect(found(posted(book, changed)), name).toBeGreaterThan(0)
    }
    const cashLost = { ...book, accounts: book.accounts.map(({ cash, ...account }) => ({ ...account, cash: cash === true && account.name !== 'Assets:Bank:Checking' })) }
    expect(found(posted(cashLost)), 'an account that is cash is not taken for it').toBeGreaterThan(0)
  })
})

/** What a faulty ledger might make of one entry; each is still balanced, so that only the reports can tell. */
const errors: Readonly<Record<string, (entry: EntryInput) => EntryInput>> = {
  'an amount is one minor unit too high': withLines((line) => ({ ...line, amount: line.amount + 1n }), 2),
  'debit and credit are exchanged': withLines((line) => ({ ...line, side: line.side === 'debit' ? 'credit' : 'debit' })),
  'an amount is a hundred times too high': withLines((line) => ({ ...line, amount: line.amount * 100n })),
  'a currency is taken for another': withLines((line) => ({ ...line, currency: line.currency === 'JPY' ? 'KWD' : 'JPY' })),
  'a line is booked on another account': withLines((line) => ({ ...line, account: line.account === 'Liabilities:Card' ? 'Liabilities:Payable' : 'Liabilities:Card' }), 1),
  'an entry counts on the last day of the month before': (entry) => ({
    ...entry,
    date: new Date(Date.parse(`${entry.date.slice(0, 8)}01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10),
  }),
}

/** Changes all lines, or the first of them. An entry of two lines stays balanced when both change alike. */
function withLines(change: (line: EntryInput['lines'][number]) => EntryInput['lines'][number], first?: number) {
  return (entry: EntryInput): EntryInput => ({ ...entry, lines: entry.lines.map((line, index) => (index < (first ?? entry.lines.length) ? change(line) : line)) })
}

/** Every balance in dollars at the price of the period's end: exact to the last digit of hledger's, and then as we round it. */
async function sameValues(hledgerProgram: string, journal: string, ledger: Ledger, covered: { from: string; to: string }): Promise<void> {
  const theirs = await hledger<HledgerReport>(hledgerProgram, journal, ['bs', '-M', '--value=end,USD'])
  const plain = balanceSheet(ledger, { ...covered, every: 'month' })
  const valued = balanceSheet(ledger, { ...covered, every: 'month', currency: 'USD' })
  const exact = new Map<string, { numerator: bigint; denominator: bigint }>()
  for (const { key, rows } of plain.sections.filter(({ key }) => key !== 'equity')) {
    for (const name of new Set(rows.map(({ account }) => account ?? ''))) {
      for (const [index, { to }] of plain.columns.entries()) {
        const amounts = new Map(rows.filter(({ account }) => account === name).map(({ currency, cells }) => [currency, cells[index] ?? 0n]))
        exact.set(`${key === 'assets' ? 'Assets' : 'Liabilities'} | ${name} | USD | ${dayAfter(to)}`, worth(amounts, ratesOf(ledger, amounts.keys(), 'USD', to)))
      }
    }
  }
  // A whole number of the smallest fractions, so that cells can be compared as they are.
  const fine = 10n ** 12n
  const inFine = ({ numerator, denominator }: { numerator: bigint; denominator: bigint }): bigint => {
    if ((numerator * fine) % denominator !== 0n) throw new Error('A value has more digits than are compared.')
    return (numerator * fine) / denominator
  }
  const accounts = (all: Cells): Cells => new Map([...all].filter(([key]) => !/ \| (total|net) \| /.test(key)))
  expect(differences(new Map([...exact].map(([key, value]) => [key, inFine(value)])), accounts(cellsOfHledger(theirs, (amount) => inFine(fraction(amount)))))).toEqual([])
  const shown = valued.sections.filter(({ key }) => key !== 'equity').flatMap(({ key, rows }) =>
    rows.filter(({ kind }) => kind === 'account').flatMap((row) => row.cells.map((cell, index) => [`${key === 'assets' ? 'Assets' : 'Liabilities'} | ${row.account} | USD | ${dayAfter(valued.columns[index]?.to ?? '')}`, cell ?? 0n] as const)),
  )
  expect(differences(new Map(shown), new Map([...exact].map(([key, value]) => [key, rounded(value)])))).toEqual([])
}

/** Retained earnings on a day are what revenue was above expenses until then. */
async function sameEarnings(hledgerProgram: string, journal: string, ledger: Ledger, day: string): Promise<void> {
  const [, total] = await hledger<HledgerBalances>(hledgerProgram, journal, ['bal', 'type:RX', '-H', '-e', dayAfter(day)])
  const equity = balanceSheet(ledger, { to: day }).sections.find(({ key }) => key === 'equity')
  const ours = new Map(equity?.rows.filter(({ kind }) => kind === 'computed').map(({ currency, cells }) => [currency, cells[0] ?? 0n]))
  const theirs = new Map(total.map((amount) => [amount.acommodity, -minorUnits(amount)]))
  expect(differences(ours, theirs)).toEqual([])
}

const someDays = (book: GeneratedBook): string[] => {
  const next = random(book.seed * 7919)
  return Array.from({ length: 3 }, () => book.entries[Math.floor(next() * book.entries.length)]?.date ?? '')
}
