import { type AdapterOptions, createTransport } from '@do/provider'
import type { Telnyx } from 'telnyx'

export const vendorOrigin = 'https://api.telnyx.com'

export interface TelnyxOptions extends AdapterOptions {
  /** An API v2 key, `KEY…`. */
  readonly apiKey: string
  /**
   * The account's public key (base64), which webhooks are verified with. Several while keys rotate.
   * Without it every webhook is refused. https://portal.telnyx.com/#/api-keys/public-key
   */
  readonly publicKey?: string | readonly string[]
}

/** The SDK's own object: constructed on first use, its retries off, nothing taken from the environment. */
export function lazyClient(options: TelnyxOptions): () => Promise<Telnyx> {
  let client: Promise<Telnyx> | undefined
  const load = async () => {
    const { Telnyx } = await import('telnyx')
    return new Telnyx({
      apiKey: options.apiKey,
      publicKey: null,
      clientID: null,
      clientSecret: null,
      baseURL: `${vendorOrigin}/v2`,
      maxRetries: 0,
      logLevel: 'off',
      fetch: createTransport({ vendorOrigins: [vendorOrigin], baseUrl: options.baseUrl, fetch: options.fetch }),
    })
  }
  return () => (client ??= load())
}

export interface Rows<T> {
  readonly items: readonly T[]
  /** Whether the vendor has more pages than the one that was read. */
  readonly more: boolean
}

/**
 * One page of a list. The SDK's own pages answer an empty list for a page that is not Telnyx's at all, so the shape is
 * checked here; `page_number` and `total_pages` are absent only where Telnyx counts by cursor.
 */
export async function rows<T>(
  client: Telnyx,
  path: string,
  query: Record<string, unknown>,
  number = 1,
  size = 250,
): Promise<Rows<T>> {
  const body = (await client.get(path, { query: defined({ page: { number, size }, ...query }) })) as {
    data?: unknown
    meta?: { total_pages?: number }
  } | null
  if (!Array.isArray(body?.data)) throw new Error('The answer has no list.')
  return { items: body.data as T[], more: number < (body.meta?.total_pages ?? (body.data.length < size ? 0 : number + 1)) }
}

/** Every item of a list, page by page; stop iterating and nothing more is read. */
export async function* everyRow<T>(client: Telnyx, path: string, query: Record<string, unknown>, size = 250): AsyncGenerator<T> {
  for (let number = 1; ; number++) {
    const page = await rows<T>(client, path, query, number, size)
    yield* page.items
    if (!page.more) return
  }
}

/** Insists on what proves that the answer is Telnyx's: its id of the thing. */
export function proven<T>(value: T | undefined | null, name: keyof T): T {
  if (value === undefined || value === null || typeof value[name] !== 'string') throw new Error('The answer lacks the id.')
  return value
}

/** The SDK's error of an answer with one of these statuses. */
export const answered = (error: unknown, ...statuses: number[]) =>
  statuses.includes((error as { status?: number } | null)?.status ?? 0)

/** Adds our reference to a webhook URL, so that events and records of what was made carry it. */
export function withReference(url: string, reference: string): string {
  const target = new URL(url)
  target.searchParams.set('do_ref', reference)
  return target.href
}

export function referenceIn(url: string | null | undefined): string | undefined {
  return url && URL.canParse(url) ? (new URL(url).searchParams.get('do_ref') ?? undefined) : undefined
}

/** ISO 8601 in UTC of whatever form of it Telnyx uses (offsets, microseconds). */
export function instant(text: string | null | undefined): string | undefined {
  if (text && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return text
  const at = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** The same object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: { [name: string]: unknown } = {}
  for (const name in value) if (value[name] !== undefined) result[name] = value[name]
  return result as never
}
