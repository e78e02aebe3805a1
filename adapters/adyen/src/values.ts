import { type DriverContext, sha256 } from '@do/provider'

/** ISO 8601 in UTC of whatever offset Adyen uses; the SDK makes a Date of some. */
export function instant(value: unknown): string | undefined {
  const at = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** The same object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}

/** Insists on what proves that the answer is Adyen's: its id of the thing. */
export function proven(id: unknown): string {
  if (typeof id !== 'string' || id === '') throw new Error('The answer lacks the id.')
  return id
}

/** Adyen takes 64 characters: a longer key (of a long instance name) is told apart by its digest. */
export const keyed = async ({ key }: Pick<DriverContext, 'key'>) => ({
  idempotencyKey: key.length <= 64 ? key : await sha256(key),
})

export const isReference = (text: unknown): text is string => typeof text === 'string' && /^do-[0-9a-f]{32}$/.test(text)

/** Our own entries among the merchant's metadata. */
export const own = { reference: 'do_reference', capture: 'do_capture' } as const

export function withoutOwn(metadata: unknown): Record<string, string> | undefined {
  const { [own.reference]: _, [own.capture]: __, ...rest } = (metadata ?? {}) as Record<string, string>
  return Object.keys(rest).length === 0 ? undefined : rest
}
