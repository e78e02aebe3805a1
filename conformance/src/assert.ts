import { ProviderError } from '@do/provider'

/** A broken promise, in words for whoever has to mend the adapter. */
export class CheckFailure extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CheckFailure'
  }
}

/** Thrown by a check that finds, from what the provider says of itself, that there is nothing to check. */
export class NotApplicable extends Error {}

export function fail(message: string): never {
  throw new CheckFailure(message)
}

/** @throws CheckFailure with `message` unless the condition holds. */
export function holds(condition: unknown, message: string): asserts condition {
  if (!condition) fail(message)
}

/** Compares by value, JSON-like. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [show(actual), show(expected)]
  if (a === b) return
  if (a.length < 200 && b.length < 200) fail(`${what}: expected ${b}, got ${a}.`)
  let at = 0
  while (a[at] === b[at]) at++
  const near = (text: string) => `…${text.slice(Math.max(0, at - 20), at + 40)}…`
  fail(
    `${what}: expected ${b.length} characters, got ${a.length}; from character ${at} on they differ: ${near(b)}, got ${near(a)}.`,
  )
}

/** @throws CheckFailure unless there is a value. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) fail(`${what} is missing.`)
  return value
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ProviderError }

/** Runs a call. Anything that it throws must be a ProviderError, or the check fails. */
export async function outcome<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    if (error instanceof CheckFailure) throw error
    if (!ProviderError.is(error)) fail(`Threw ${describe(error)}, which is no ProviderError.`)
    return { ok: false, error }
  }
}

export interface Refusal {
  readonly code?: string | readonly string[]
  readonly fault?: string | readonly string[]
  readonly field?: string
}

/** The call must fail with effect `none`, and with the given code, fault and field. */
export async function refused(call: () => Promise<unknown>, what: string, expected: Refusal = {}): Promise<ProviderError> {
  const result = await outcome(call)
  if (result.ok) fail(`${what}: expected a refusal, but the call succeeded.`)
  const { error } = result
  same(error.effect, 'none', `${what}: effect of the error (${error.code})`)
  oneOf(error.code, expected.code, `${what}: code`)
  oneOf(error.fault, expected.fault, `${what}: fault`)
  if (expected.field !== undefined) {
    holds(
      error.field === expected.field || error.field?.startsWith(`${expected.field}.`),
      `${what}: the error must name the field "${expected.field}", but names ${show(error.field)}.`,
    )
  }
  return error
}

function oneOf(actual: string, allowed: string | readonly string[] | undefined, what: string): void {
  if (allowed === undefined) return
  const list = typeof allowed === 'string' ? [allowed] : allowed
  if (!list.includes(actual)) fail(`${what}: expected ${list.map(show).join(' or ')}, got ${show(actual)}.`)
}

/** Reads at most `most` items; more is a list that never ends. */
export async function collect<T>(items: AsyncIterable<T>, most = 60): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) {
    all.push(item)
    if (all.length > most) fail(`The list gave more than ${most} items and goes on; the account has fewer.`)
  }
  return all
}

export function show(value: unknown): string {
  const plain = (_: string, inner: unknown) => (inner === undefined ? null : typeof inner === 'bigint' ? `${inner}n` : inner)
  return JSON.stringify(value, plain) ?? 'undefined'
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name} (${error.message})` : show(error)
}
