import { type FindContext, VendorRefusal } from '@do/provider'
import { lookupTooLarge } from './errors.ts'
import { ours, ownReference } from './metadata.ts'
import { provenRows, type Rows, sizeMost } from './shape.ts'

interface Paging {
  limit: number
  starting_after?: string
  created: { gte: number; lte: number }
}

interface Kept {
  readonly id: string
  readonly metadata?: Readonly<Record<string, string>> | null
}

/** As many pages as an attempt has time for, at about 300 ms each. */
const pagesMost = 30

/**
 * What an intent made was made, most likely, in the minute in which it was sent; for certain in a wider time, as no request is on its
 * way for an hour and no clock is wrong by ten minutes.
 */
const between = ({ since, until }: FindContext, earlier: number, later: number) => ({
  gte: Math.floor(since / 1000) - earlier,
  lte: Math.floor(until / 1000) + later,
})

/**
 * The thing of a list that carries the intent's reference. Lists show a new thing at once, and so prove its absence; the search
 * does not, and is asked only where there is more than can be read.
 * @throws VendorRefusal `lookup_too_large`, which proves nothing, where that is in vain.
 */
export async function referenced<T extends Kept>(
  context: FindContext,
  read: (paging: Paging) => Promise<Rows<T>>,
  search?: (asked: { query: string; limit: number }) => Promise<{ readonly data: readonly T[] }>,
): Promise<T | undefined> {
  const isOurs = (one: T) => ownReference(one) === context.reference
  let pages = 0
  const page = async (created: Paging['created'], after: string | undefined) => {
    context.signal.throwIfAborted()
    pages += 1
    return provenRows(await read({ limit: sizeMost, created, ...(after === undefined ? {} : { starting_after: after }) }))
  }
  const wide = between(context, 600, 4_200)
  const first = await page(wide, undefined)
  const found = first.data.find(isOurs)
  if (found !== undefined || !first.has_more) return found
  // A busy account, newest first: where it must be if anywhere, and then all the rest.
  for (const [created, begin] of [[between(context, 60, 60), undefined] as const, [wide, first.data.at(-1)?.id] as const]) {
    for (let after = begin, more = true; more; ) {
      if (pages >= pagesMost) return searched(context, isOurs, search)
      const { data, has_more } = await page(created, after)
      const one = data.find(isOurs)
      if (one !== undefined) return one
      after = data.at(-1)?.id
      more = has_more && after !== undefined
    }
  }
  return undefined
}

/** https://docs.stripe.com/search: what it has is there; what it lacks may be too new for it. */
async function searched<T extends Kept>(
  { reference }: FindContext,
  isOurs: (one: T) => boolean,
  search: Parameters<typeof referenced<T>>[2],
): Promise<T> {
  const found = (await search?.({ query: `metadata['${ours}']:'${reference}'`, limit: 1 }))?.data.find(isOurs)
  if (found !== undefined) return found
  throw new VendorRefusal(lookupTooLarge)
}
