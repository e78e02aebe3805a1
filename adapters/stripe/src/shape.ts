import type { Page } from '@do/provider'

/** Insists on what proves that the answer is Stripe's: its id of the thing, and what kind of thing it is. */
export function proven<T extends { id: string; object: string }>(thing: T, object: T['object']): T {
  if (thing?.object !== object || typeof thing.id !== 'string' || thing.id === '') throw new Error(`The answer is no ${object}.`)
  return thing
}

export interface Rows<T> {
  readonly data: readonly T[]
  readonly has_more: boolean
}

export function provenRows<T extends { id: string }>(answer: Rows<T>): Rows<T> {
  if (!Array.isArray(answer?.data) || typeof answer.has_more !== 'boolean') throw new Error('The answer is no list.')
  return answer
}

/** Stripe's pages have at most 100 items. */
export const sizeMost = 100

interface Asked {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

interface Paging {
  limit: number
  starting_after?: string
}

/** One page of a list, newest first; the cursor is the id of its last item. */
export async function page<T extends { id: string }, Item>(
  asked: Asked,
  read: (paging: Paging) => Promise<Rows<T>>,
  map: (one: T) => Item | undefined,
): Promise<Page<Item>> {
  const limit = Math.min(asked.limit ?? sizeMost, sizeMost)
  const { data, has_more } = provenRows(await read({ limit, ...(asked.cursor ? { starting_after: asked.cursor } : {}) }))
  const last = data.at(-1)
  const items = data.map(map).filter((item) => item !== undefined)
  return { items, ...(has_more && last !== undefined ? { cursor: last.id } : {}) }
}

export const instant = (seconds: number | null | undefined): string | undefined =>
  typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined

export const seconds = (text: string): number => Math.floor(Date.parse(text) / 1000)

/** Stripe counts in seconds: whatever began within one belongs to it. */
export const created = ({ since, until }: { since?: string | undefined; until?: string | undefined }) =>
  since === undefined && until === undefined
    ? {}
    : { created: defined({ gte: since && seconds(since), lte: until && seconds(until) }) as { gte?: number; lte?: number } }

/** The id of what may have been expanded. */
export const idOf = (thing: string | { id: string } | null | undefined): string | undefined =>
  typeof thing === 'string' ? thing : thing?.id

/** What was asked to be expanded, if it was. */
export const whole = <T extends { id: string }>(thing: string | T | null | undefined): T | undefined =>
  typeof thing === 'object' && thing !== null ? thing : undefined

/** The same object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: { [name: string]: unknown } = {}
  for (const name in value) if (value[name] !== undefined) result[name] = value[name]
  return result as never
}
