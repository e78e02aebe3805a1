import type { EntryInput, Ledger } from '@do/ledger'
import { describe, expect, it } from 'vitest'
import { coverage, journalFile, posted } from './books.ts'
import { debianProgram } from './debian.ts'
import { generate } from './generate.ts'
import { inParallel, run } from './hledger.ts'
import { type Answer, ask, disagreements, questions } from './statements.ts'
import { earningsDifferences, valueDifferences } from './values.ts'

const program = debianProgram('hledger', 'hledger') ?? ''
const seeds = Array.from({ length: 25 }, (_, index) => index + 1)

// Two seconds each on a quiet machine; the limit is for one that is not.
describe.skipIf(program === '')('hledger says the same of 1,000 entries in five currencies', { timeout: 240_000 }, () => {
  it.for(seeds)(
    'seed %i: balance sheet, income statement, cash flow by week, month, quarter, year; values; earnings',
    async (seed) => {
      const book = generate(seed, 1000)
      const ledger = posted(book)
      const journal = journalFile(ledger, `seed-${seed}`)
      const days = coverage(book)
      const day = book.entries[seed * 17]?.date ?? days.to
      const answers: Answer[] = []
      const wrong = await inParallel([
        ...questions('-W', '-M', '-Q', '-Y').map((question) => async () => {
          const answer = await ask(program, journal, question)
          answers.push(answer)
          return disagreements(ledger, days, answer)
        }),
        () => valueDifferences(program, journal, ledger, days),
        () => earningsDifferences(program, journal, ledger, day),
      ])
      expect(wrong.flat()).toEqual([])
      expect(answers).toHaveLength(12)
      // Thousands of cells that are not zero: nothing was compared with nothing.
      expect(answers.reduce((sum, { cells }) => sum + cells.size, 0)).toBeGreaterThan(5000)
    },
  )

  it('finds nothing to complain about in the journal: every account and currency is declared', async () => {
    const journal = journalFile(posted(generate(1, 1000)), 'checked')
    await expect(run(program, ['-f', journal, 'check', 'accounts', 'commodities'])).resolves.toBe('')
  })

  describe('and every seeded error makes it disagree:', async () => {
    const book = generate(99, 1000)
    const truth = program === '' ? '' : journalFile(posted(book), 'truth')
    const answers =
      program === '' ? [] : await inParallel(questions('-M', '-Y').map((question) => () => ask(program, truth, question)))
    const disagreeing = (ledger: Ledger) => answers.flatMap((answer) => disagreements(ledger, coverage(book), answer)).length
    // An entry that stays balanced when all its lines change alike.
    const place = book.entries.findIndex(({ lines }) => lines.length === 2 && lines.every(({ amount }) => amount < 10n ** 9n))

    it('none without an error', () => expect(disagreeing(posted(book))).toBe(0))

    it.for(Object.entries(errors))('%s', ([, change]) => {
      const changed = book.entries.map((entry, index) => (index === place ? change(entry) : entry))
      expect(changed[place]).not.toEqual(book.entries[place])
      expect(disagreeing(posted(book, changed))).toBeGreaterThan(0)
    })

    it('an account that is cash is not taken for it', () => {
      const accounts = book.accounts.map((account) => ({
        ...account,
        cash: account.cash === true && account.name !== 'Assets:Bank:Checking',
      }))
      expect(disagreeing(posted({ ...book, accounts }))).toBeGreaterThan(0)
    })
  })
})

/** What a faulty ledger might make of one entry. Each is still balanced: only the reports can tell. */
const errors: Readonly<Record<string, (entry: EntryInput) => EntryInput>> = {
  'an amount is one minor unit too high': withLines((line) => ({ ...line, amount: line.amount + 1n })),
  'debit and credit are exchanged': withLines((line) => ({ ...line, side: line.side === 'debit' ? 'credit' : 'debit' })),
  'an amount is a hundred times too high': withLines((line) => ({ ...line, amount: line.amount * 100n })),
  'a currency is taken for another': withLines((line) => ({ ...line, currency: line.currency === 'JPY' ? 'KWD' : 'JPY' })),
  'a line is booked on another account': withLines((line, index) =>
    index > 0 ? line : { ...line, account: line.account === 'Liabilities:Card' ? 'Liabilities:Payable' : 'Liabilities:Card' },
  ),
  'an entry counts on the last day of the month before': (entry) => ({
    ...entry,
    date: new Date(Date.parse(`${entry.date.slice(0, 8)}01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10),
  }),
}

function withLines(change: (line: EntryInput['lines'][number], index: number) => EntryInput['lines'][number]) {
  return (entry: EntryInput): EntryInput => ({ ...entry, lines: entry.lines.map(change) })
}
