import type { FindContext, Handle, Page } from '@do/provider'

/** What the SDK's pages have in common. */
interface SdkPage<T> {
  readonly instances: readonly T[]
  readonly nextPageUrl?: string | undefined
  readonly _payload: unknown
}

/** Insists on a Twilio id: a 200 may carry somebody's sign-in page. */
export function sid(value: unknown, prefix: string): string {
  if (typeof value === 'string' && new RegExp(`^(${prefix})[0-9a-fA-F]{32}$`).test(value)) return value
  throw new Error('The answer has no Twilio id.')
}

export const iso = (date: Date | null | undefined): string | undefined =>
  date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined

/** Twilio bills in negative amounts; ours say what it cost. */
export function price(amount: string | null, currency: string | null) {
  return amount === null || amount === undefined || !currency
    ? undefined
    : { decimal: amount.replace(/^-/, ''), currency: currency.toUpperCase() }
}

/** One page of ours from one of the SDK's. @throws when the answer is no such list. */
export function readPage<T, Out>(page: SdkPage<T>, key: string, map: (item: T) => Out): Page<Out> {
  if (!Array.isArray((page._payload as Record<string, unknown>)[key])) throw new Error('The answer is no list.')
  const items = page.instances.map(map)
  if (page.nextPageUrl === undefined) return { items }
  // Only the position is kept: a cursor is not trusted to name a host.
  const query = new URL(page.nextPageUrl).searchParams
  return { items, cursor: `${query.get('Page') ?? ''}.${query.get('PageToken') ?? ''}` }
}

/** Where to go on, and how much to read, for the SDK's `page`. */
export function position(input: { readonly cursor?: string | undefined; readonly limit?: number | undefined }) {
  const [page, token] = input.cursor?.split('.', 2) ?? []
  return {
    pageSize: input.limit ?? 50,
    ...(page ? { pageNumber: Number(page) } : {}),
    ...(token ? { pageToken: token } : {}),
  }
}

const day = 86_400_000

/**
 * Twilio filters by whole days, so it is asked for a day more on either side and the rest is done here. Its times have no
 * milliseconds: the lower bound is cut to the second.
 */
export function period({ since, until }: { readonly since?: string | undefined; readonly until?: string | undefined }) {
  const from = since === undefined ? undefined : Math.floor(Date.parse(since) / 1000) * 1000
  const to = until === undefined ? undefined : Date.parse(until)
  return {
    after: from === undefined ? undefined : new Date(from),
    before: to === undefined ? undefined : new Date(to + day),
    holds: (at: string | undefined) =>
      at === undefined || ((from === undefined || Date.parse(at) >= from) && (to === undefined || Date.parse(at) <= to)),
  }
}

/** The oldest that an intent may have made and that no other intent owns. Read page by page until all is too old. */
export async function oldest<T, Out extends { readonly id: Handle }>(
  context: FindContext,
  read: (at: ReturnType<typeof position>) => Promise<SdkPage<T>>,
  key: string,
  times: (item: T) => { readonly created: Date; readonly listed: Date },
  map: (item: T) => Out | undefined,
): Promise<Out | undefined> {
  // Twilio's clock may be behind ours, and has no milliseconds.
  const after = new Date(context.since - 5_000)
  let found: Out | undefined
  let cursor: string | undefined
  do {
    const page = await read(position({ limit: 1000, cursor }))
    cursor = readPage(page, key, (item) => item).cursor
    for (const item of page.instances) {
      const candidate = times(item).created >= after ? map(item) : undefined
      if (candidate !== undefined && !(await context.claimed(candidate.id))) found = candidate
    }
    if (page.instances.length > 0 && page.instances.every((item) => times(item).listed < after)) break
  } while (cursor !== undefined)
  return found
}
