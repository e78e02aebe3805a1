import { type AdapterOptions, createTransport, sha256, VendorRefusal } from '@do/provider'
import type { SquareClient } from 'square'

export const vendorOrigin = 'https://connect.squareup.com'

export interface SquareOptions extends AdapterOptions {
  /** The seller's access token: of one's own application, or of a seller who authorised it (OAuth). */
  readonly accessToken: string
  /** The location that takes the money. It has one currency. */
  readonly locationId: string
  /** The location's currency (ISO 4217). With it, an amount in another one is refused before anything is sent. */
  readonly currency?: string
  /**
   * The signature key of the webhook subscription; several while keys rotate. Without it, and without `webhookUrl` exactly as
   * the subscription has it, every webhook is refused. https://developer.squareup.com/docs/webhooks/step3validate
   */
  readonly webhookSignatureKey?: string | readonly string[]
  /**
   * The seller's merchant id, where the token is a seller's and the payments are made for that seller: declares `split`,
   * whose `fee` is then Square's app fee.
   */
  readonly merchantId?: string
  /** How long an authorisation waits for its capture (RFC 3339: "P3D"). Default: Square's, seven days. */
  readonly delayDuration?: string
}

/** The SDK's own object: constructed on first use, its retries off. */
export function lazyClient(options: SquareOptions): () => Promise<SquareClient> {
  let client: Promise<SquareClient> | undefined
  const load = async () => {
    const sdk = await import('square')
    // A CommonJS package: some bundlers have its names, some only the whole of it.
    const { SquareClient } = 'SquareClient' in sdk ? sdk : (sdk as { readonly default: typeof import('square') }).default
    return new SquareClient({
      token: options.accessToken,
      baseUrl: vendorOrigin,
      maxRetries: 0,
      // Its timer is not cleared when a request fails, and would keep a process alive for a minute. The attempt has its own.
      timeoutInSeconds: (options.attemptTimeout ?? 10_000) / 1_000 + 1,
      fetch: createTransport({ vendorOrigins: [vendorOrigin], baseUrl: options.baseUrl, fetch: options.fetch }),
    })
  }
  return () => (client ??= load())
}

/** Of what is no JSON the SDK makes a note of its own and passes it on as if it were the answer. */
export function legible<T>(answer: T): T {
  if (typeof answer !== 'object' || answer === null || (answer as { ok?: unknown }).ok === false) {
    throw new Error('The answer cannot be read.')
  }
  return answer
}

/** Insists on what proves that the answer is Square's: its id of the thing. */
export function proven<T extends { readonly id?: string }>(thing: T | undefined): T & { readonly id: string } {
  if (typeof thing?.id !== 'string' || thing.id === '') throw new Error('The answer lacks the id.')
  return thing as T & { readonly id: string }
}

/** Pages as they are asked for here: the SDK's own would go on by themselves. */
export function rows<T>({ data, response }: { readonly data: T[]; readonly response: { readonly cursor?: string } }): Rows<T> {
  legible(response)
  return { items: data ?? [], cursor: response.cursor || undefined }
}

export interface Rows<T> {
  readonly items: readonly T[]
  readonly cursor: string | undefined
}

/** A page for the kernel: without a cursor it is the last. */
export const pageOf = <T>(items: readonly T[], cursor: string | undefined) =>
  cursor === undefined ? { items } : { items, cursor }

/** As many pages as an attempt has time for. */
const pagesMost = 30

/** More has been made at that time than can be looked through. */
export const lookupTooLarge = 'do:lookup'

/**
 * Every item, page by page; stop iterating and nothing more is read.
 * @throws VendorRefusal `lookup_too_large` after thirty pages: what was not seen is not absent.
 */
export async function* every<T>(read: (cursor: string | undefined) => Promise<Rows<T>>): AsyncGenerator<T> {
  let cursor: string | undefined
  let pages = 0
  do {
    if (pages === pagesMost) throw new VendorRefusal(lookupTooLarge)
    pages += 1
    const page = await read(cursor)
    yield* page.items
    cursor = page.cursor
  } while (cursor !== undefined)
}

/** Square's idempotency keys have 45 characters at most; a longer one is replaced by its hash, always the same. */
export async function shortKey(...parts: readonly string[]): Promise<string> {
  const key = parts.join('/')
  return key.length <= 45 ? key : (await sha256(key)).slice(0, 45)
}

/** The key of a change that states how a thing shall be: the same statement, the same key. */
export const keyOf = (...parts: readonly unknown[]) =>
  shortKey(`set ${JSON.stringify(parts, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`.padEnd(46))

/** The status of the SDK's error. */
export const answered = (error: unknown, ...statuses: readonly number[]) =>
  statuses.includes((error as { statusCode?: number } | null)?.statusCode ?? 0)

/** ISO 8601 in UTC, of an instant or of a day. */
export function instant(text: string | null | undefined): string | undefined {
  const at = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** No clock, theirs or ours, is wrong by more than ten minutes: what an intent made was made no longer before it began. */
export const lateBy = 600_000

/** Whether something was made in the period that was asked for. Of instants with and without fractions texts tell nothing. */
export const within =
  ({ since, until }: { readonly since?: string | undefined; readonly until?: string | undefined }) =>
  ({ createdAt }: { readonly createdAt?: string | null | undefined }): boolean => {
    const at = Date.parse(createdAt ?? '')
    return !(at < Date.parse(since ?? '')) && !(at > Date.parse(until ?? ''))
  }

export const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** The same object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: { [name: string]: unknown } = {}
  for (const name in value) if (value[name] !== undefined) result[name] = value[name]
  return result as never
}
