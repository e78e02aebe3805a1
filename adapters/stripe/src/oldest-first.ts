import type { Page } from '@do/provider'
import { provenRows, seconds, sizeMost } from './shape.ts'

interface Row {
  readonly id: string
  readonly created: number
}

interface Paging {
  limit: number
  created?: { gte?: number; lte?: number }
  starting_after?: string
  ending_before?: string
}

type Read<T> = (paging: Paging) => Promise<{ readonly data: readonly T[]; readonly has_more: boolean }>

interface Asked {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

/** Nobody had a balance at Stripe before 2010. */
const beginning = 1_262_304_000

/**
 * A page of a list that Stripe gives newest first, oldest first. From any item on, Stripe can page towards the newer ones;
 * so only the oldest has to be found, by halving the time.
 */
export async function oldestFirst<T extends Row>(asked: Asked, now: number, read: Read<T>): Promise<Page<T>> {
  const limit = Math.min(asked.limit ?? sizeMost, sizeMost)
  const gte = asked.since === undefined ? beginning : seconds(asked.since)
  const lte = asked.until === undefined ? Math.floor(now / 1000) + 60 : seconds(asked.until)
  const created = { gte, lte }
  if (asked.cursor !== undefined) {
    const { data, has_more } = provenRows(await read({ limit, created, ending_before: asked.cursor }))
    return pageOf(data, has_more)
  }
  const oldest = await oldestOf(created, read)
  // What is newer than the oldest page of Stripe's is left for the next page of ours.
  return pageOf(oldest.data.slice(-limit), oldest.newer || oldest.data.length > limit)
}

function pageOf<T extends Row>(data: readonly T[], more: boolean): Page<T> {
  const newest = data[0]
  return { items: data.toReversed(), ...(more && newest !== undefined ? { cursor: newest.id } : {}) }
}

/** Few pages are read to their end. */
const stepsMost = 3

/** The end of the list, newest first. */
async function oldestOf<T extends Row>(created: { gte: number; lte: number }, read: Read<T>) {
  let from = created.gte
  let page = provenRows(await read({ limit: sizeMost, created }))
  let newer = false
  for (let step = 0; ; step++) {
    const last = page.data.at(-1)
    if (!page.has_more || last === undefined) return { data: page.data, newer }
    if (step < stepsMost || from >= last.created) {
      page = provenRows(await read({ limit: sizeMost, created, starting_after: last.id }))
      newer = true
      continue
    }
    const middle = Math.floor((from + last.created) / 2)
    const half = provenRows(await read({ limit: sizeMost, created: { gte: from, lte: middle } }))
    if (half.data.length === 0) from = middle + 1
    else {
      page = half
      newer = true
    }
  }
}
