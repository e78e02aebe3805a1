import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { dayMs, formatDay } from '../days.ts'
import { isLedgerError, type LedgerError } from '../errors.ts'
import type { EntryInput, Line } from '../types.ts'
import { Crash } from './faults.ts'
import { apply, expire, refusals } from './model.ts'
import { currencies, names, type World } from './world.ts'

export type Result<T> = { readonly value: T } | { readonly error: LedgerError } | { readonly crashed: true }

/** Does it, now and then with the process ending in the middle; what was told of what did not stay is forgotten. */
export function attempt<T>(world: World, work: () => T, mayCrash = true, invariant = 'unexpected'): Result<T> {
  const told = world.log.length
  const before = stateOf(world)
  if (mayCrash && world.random.chance(0.08)) world.sql.crashAfter = world.random.int(14) - 1
  try {
    return { value: work() }
  } catch (error) {
    if (isLedgerError(error)) {
      const kept = world.log.slice(told).filter(({ collection }) => collection === 'refusals')
      world.log.splice(told, Number.POSITIVE_INFINITY, ...kept)
      if (stateOf(world) !== before) world.violated('I17', `A refused change (${error.code}) wrote something.`)
      return { error }
    }
    if (!(error instanceof Crash)) {
      // Only typed errors may come out; which invariant the database or the language had to save is for the caller to say.
      world.violated(
        invariant,
        error instanceof Error ? `${error.message} ${error.stack?.split('\n')[1]?.trim()}` : String(error),
      )
      return { crashed: true }
    }
    const stayed = stateOf(world) !== before
    if (!stayed) {
      // Only a refusal is written by itself, after what it refused is gone.
      const refused = world.log.slice(told).filter(({ collection, key }) => collection === 'refusals' && isRefused(world, key))
      world.log.splice(told, Number.POSITIVE_INFINITY, ...refused.slice(-1))
    }
    // Either the process is gone, or only the change is, and somebody still remembers it.
    if (world.random.chance(0.5)) world.reopen()
    return { crashed: true }
  } finally {
    world.sql.crashAfter = undefined
  }
}

const isRefused = ({ ledger }: World, key: string) => ledger.outcome(key).state === 'refused'

/** Enough to tell old from new: every change of the books moves one of these. */
function stateOf({ database }: World): string {
  let statement = states.get(database)
  if (statement === undefined) {
    statement = database.prepare(`SELECT (SELECT max(sequence) FROM ledger_entries) AS e,
      (SELECT max(id) FROM ledger_holds) AS h, (SELECT count(*) FROM ledger_holds WHERE state = 'pending') AS p,
      (SELECT total(debit) + total(credit) + total(pending_debit) FROM ledger_balances) AS b`)
    states.set(database, statement)
  }
  return JSON.stringify(statement.get())
}

const states = new WeakMap<DatabaseSync, StatementSync>()

/** Two legs, or several in one or two currencies; mostly what the books will take. */
export function randomLines({ random }: World): Line[] {
  const lines: Line[] = []
  for (let count = random.chance(0.15) ? 2 : 1; count > 0; count--) {
    const currency = random.pick(currencies)
    const debit = random.pick(names)
    const credit = random.pick(names.filter((name) => name !== debit))
    const amount = random.amount()
    if (amount > 2n && amount < 1_000_000n && random.chance(0.3)) {
      const part = amount / 3n
      const third = random.pick(names)
      lines.push({ account: debit, side: 'debit', amount: part, currency })
      lines.push({ account: third, side: 'debit', amount: amount - part, currency })
    } else lines.push({ account: debit, side: 'debit', amount, currency })
    lines.push({ account: credit, side: 'credit', amount, currency })
  }
  return lines
}

export function randomEntry(world: World): EntryInput & { readonly day: number } {
  const { random, model } = world
  // Sometimes long ago, sometimes to come.
  const day = Math.floor(model.now / dayMs) - (random.chance(0.3) ? random.int(80) : 0) + (random.chance(0.05) ? 3 : 0)
  return {
    day,
    date: formatDay(day),
    description: `step ${world.step}${random.chance(0.05) ? ' – “é 😀”' : ''}`,
    lines: randomLines(world),
    ...(random.chance(0.2) ? { metadata: { note: 'n', order: String(random.int(50)) } } : {}),
  }
}

/** A posting, checked against the model's verdict. Answers the sequence where it was posted. */
export function postAndCompare(world: World, entry: EntryInput & { readonly day: number }, key: string | undefined): void {
  const { model, ledger } = world
  expire(model)
  const expected = refusals(model, entry.lines, entry.day, false)
  const { day: _, ...input } = entry
  const result = attempt(world, () => ledger.post(input, key === undefined ? {} : { key }))
  if ('crashed' in result) {
    if (world.ledger.entries({ after: model.entries.length }).length > 0) settle(world, entry, key)
    else if (key !== undefined && expected.size > 0) settleRefusal(world, key)
    return
  }
  if ('error' in result) {
    if (!expected.has(result.error.code as 'overdraft'))
      complain(world, `refused with ${result.error.code}: ${result.error.message}`, [...expected])
    else if (key !== undefined) model.keys.set(key, { state: 'refused', body: bodyOf(input), code: result.error.code })
    return
  }
  if (expected.size > 0) complain(world, 'was posted', [...expected])
  if (result.value.sequence !== model.entries.length + 1) {
    world.violated('I6', `Entry ${result.value.sequence} follows ${model.entries.length}.`)
  }
  apply(model, entry.lines, entry.day, result.value.hash ?? '')
  if (key !== undefined) model.keys.set(key, { state: 'applied', body: bodyOf(input), result: result.value.id })
}

export const bodyOf = (input: EntryInput) =>
  JSON.stringify([
    input.date,
    input.description,
    input.metadata,
    input.lines.map((line) => ({ ...line, amount: String(line.amount) })),
  ])

/** After a crash that came too late: what was asked must be there, whole. */
function settle(world: World, entry: EntryInput & { readonly day: number }, key: string | undefined): void {
  const [found, ...more] = world.ledger.entries({ after: world.model.entries.length })
  const { day: _, ...input } = entry
  if (found === undefined || more.length > 0 || bodyOf(found) !== bodyOf(input)) {
    world.violated('I17', 'After a crash the books hold something between the old state and the new.')
  }
  apply(world.model, entry.lines, entry.day, found?.hash ?? '')
  if (key !== undefined) world.model.keys.set(key, { state: 'applied', body: bodyOf(input), result: found?.id ?? '' })
}

/** A crash may come before a refusal is remembered: then the key is absent. */
export function settleRefusal(world: World, key: string): void {
  const outcome = world.ledger.outcome(key)
  if (outcome.state === 'applied') world.violated('I8', `The refused key ${key} is applied.`)
  if (outcome.state !== 'refused') return
  // Nothing can be said of its body; it is not used again.
  world.model.keys.set(key, { state: 'refused', body: '', code: outcome.code })
}

const invariantOf: Readonly<Record<string, string>> = {
  overdraft: 'I9',
  overflow: 'I19',
  period_locked: 'I16',
  currency_not_allowed: 'I14',
  unknown_account: 'I14',
  account_closed: 'I14',
}

export function complain(world: World, what: string, expected: readonly string[]): void {
  const [first] = expected
  const code = first ?? /refused with (\w+)/.exec(what)?.[1] ?? ''
  world.violated(invariantOf[code] ?? 'I17', `The model says ${expected.join(' or ') || 'yes'}; it ${what}.`)
}
