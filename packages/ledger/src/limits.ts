import type { Book } from './book.ts'
import type { ChartAccount } from './chart.ts'
import { ledgerError } from './errors.ts'
import { type ResolvedLine, withAmount } from './resolve.ts'

/** What a bounded account has in one currency, on its normal side, were every pending hold to go against it, or all for it. */
interface Standing {
  readonly account: ChartAccount
  low: bigint
  high: bigint
}

/** Holds accounts to their bounds through one transaction: what its earlier entries did counts for the later ones. */
export interface Limits {
  /** Cuts `upTo` lines to what there is room for, and counts the entry. @throws LedgerError `overdraft`. */
  post(lines: readonly ResolvedLine[], at?: string): readonly ResolvedLine[]
  /** The same for lines that are only held: they may take room, and give none. */
  hold(lines: readonly ResolvedLine[]): readonly ResolvedLine[]
}

export function createLimits(book: Book): Limits {
  const standings = new Map<string, Standing>()
  const standingOf = ({ account, currency }: ResolvedLine): Standing | undefined => {
    if (account.minimum === undefined && account.maximum === undefined) return undefined
    const key = `${account.id} ${currency}`
    let standing = standings.get(key)
    if (standing === undefined) {
      standing = readStanding(book, account, currency)
      standings.set(key, standing)
    }
    return standing
  }
  const settle = (lines: readonly ResolvedLine[], pending: boolean, at: string) => {
    if (!lines.some(isBounded)) return lines.some(isUpTo) ? lines.map((line) => withAmount(line, line.amount)) : lines
    const settled = lines.some(isUpTo) ? cut(lines, standingOf, at) : lines
    const touched = new Map<Standing, number>()
    settled.forEach((line, index) => {
      const standing = standingOf(line)
      if (standing === undefined) return
      touched.set(standing, index)
      const grows = line.sign === line.account.normal
      const change = grows ? line.amount : -line.amount
      if (!pending || !grows) standing.low += change
      if (!pending || grows) standing.high += change
    })
    for (const [standing, index] of touched) checkStanding(standing, settled[index] as ResolvedLine, `${at}lines[${index}]`)
    return settled
  }
  return {
    post: (lines, at = '') => settle(lines, false, at),
    hold: (lines) => settle(lines, true, ''),
  }
}

const isBounded = ({ account }: ResolvedLine) => account.minimum !== undefined || account.maximum !== undefined
const isUpTo = ({ line }: ResolvedLine) => line.upTo === true

function readStanding({ sql, tables }: Book, account: ChartAccount, currency: string): Standing {
  const [row] = sql.all<Record<'debit' | 'credit' | 'pending_debit' | 'pending_credit', string>>(
    `SELECT CAST(debit AS TEXT) AS debit, CAST(credit AS TEXT) AS credit, CAST(pending_debit AS TEXT) AS pending_debit,
      CAST(pending_credit AS TEXT) AS pending_credit FROM ${tables.balances} WHERE account_id = ? AND currency = ?`,
    ...[account.id, currency],
  )
  if (row === undefined) return { account, low: 0n, high: 0n }
  const [up, down, pendingUp, pendingDown] =
    account.normal === 1
      ? [row.debit, row.credit, row.pending_debit, row.pending_credit]
      : [row.credit, row.debit, row.pending_credit, row.pending_debit]
  const posted = BigInt(up) - BigInt(down)
  return { account, low: posted - BigInt(pendingDown), high: posted + BigInt(pendingUp) }
}

function checkStanding({ account, low, high }: Standing, { currency }: ResolvedLine, field: string): void {
  const { name, minimum, maximum } = account
  if (minimum !== undefined && low < minimum) {
    throw ledgerError(
      'overdraft',
      `"${name}" would stand at ${low} ${currency} (minor units, pending holds counted); it may not go below ${minimum}.`,
      { field },
    )
  }
  if (maximum !== undefined && high > maximum) {
    throw ledgerError(
      'overdraft',
      `"${name}" would stand at ${high} ${currency} (minor units, pending holds counted); it may not go above ${maximum}.`,
      { field },
    )
  }
}

/** Gives each `upTo` line what its account has room for, and takes as much from the line that balances it. */
function cut(
  lines: readonly ResolvedLine[],
  standingOf: (line: ResolvedLine) => Standing | undefined,
  at: string,
): readonly ResolvedLine[] {
  const result = [...lines]
  lines.forEach((line, index) => {
    if (!isUpTo(line)) return
    const field = `${at}lines[${index}]`
    const others = lines.flatMap((other, place) => (other.currency === line.currency && other.sign !== line.sign ? [place] : []))
    const [balancing] = others
    const alone = lines.filter((other) => other.currency === line.currency && isUpTo(other)).length === 1
    if (balancing === undefined || others.length > 1 || !alone) {
      throw ledgerError(
        'invalid_line',
        `${field}: an upTo line needs to be the only one of its currency, with one line on the other side.`,
        {
          field: `${field}.upTo`,
        },
      )
    }
    const room = roomFor(line, index, lines, standingOf(line))
    if (room <= 0n) {
      throw ledgerError('overdraft', `"${line.account.name}" has no room for any of it in ${line.currency}.`, { field })
    }
    const amount = least(room, line.amount)
    const other = lines[balancing] as ResolvedLine
    result[index] = withAmount(line, amount)
    result[balancing] = withAmount(other, other.amount - (line.amount - amount))
  })
  return result
}

/** What the account can take of the line, after the entry's other lines on it. */
function roomFor(line: ResolvedLine, index: number, lines: readonly ResolvedLine[], standing: Standing | undefined): bigint {
  if (standing === undefined) return line.amount
  const { account, low, high } = standing
  let others = 0n
  lines.forEach((other, place) => {
    if (place === index || other.account !== account || other.currency !== line.currency) return
    others += other.sign === account.normal ? other.amount : -other.amount
  })
  if (line.sign === account.normal) return account.maximum === undefined ? line.amount : account.maximum - high - others
  return account.minimum === undefined ? line.amount : low + others - account.minimum
}

/** Of amounts, for which Math has no such function. */
const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
