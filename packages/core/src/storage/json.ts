import { refuse } from '@do/provider'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** As the platform does: 2 MB for a key with its value or for a row; counted in the smaller megabyte to be safe. */
export const maxRowBytes = 2_000_000
export const maxKeyBytes = 2_048

const encoder = new TextEncoder()

export function byteLength(text: string): number {
  return encoder.encode(text).length
}

/** One UTF-16 unit is at most three bytes, so short texts need no counting. */
export function exceeds(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && byteLength(text) > bytes)
}

/**
 * JSON text of a value that comes back as it is. `reserved`: bytes of the row that something else needs, at most.
 * @throws ProviderError `invalid_value` that names the place of what JSON would lose, `too_large` beyond 2 MB.
 */
export function encodeJson(value: unknown, what: string, reserved = 0): string {
  check(value, '', what)
  const text = JSON.stringify(value)
  if (exceeds(text, maxRowBytes - reserved)) {
    throw refuse('too_large', `${what} is larger than 2 MB with its key. Split it, or keep it in an object store.`)
  }
  return text
}

/** @throws ProviderError `invalid_key` unless it is a text of 1 to 2,048 bytes. */
export function checkKey(key: string, what = 'The key'): void {
  if (typeof key === 'string' && key && key.isWellFormed() && !exceeds(key, maxKeyBytes)) return
  throw refuse('invalid_key', `${what} must be text of 1 to ${maxKeyBytes} bytes. Shorten it.`, { field: 'key' })
}

/** Equal as JSON: the order of fields does not matter, that of items does. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}

function check(value: unknown, path: string, what: string, parents: readonly unknown[] = []): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return
  if (typeof value !== 'object') throw invalid(path, what, typeof value === 'number' ? String(value) : typeof value)
  if (parents.includes(value)) throw invalid(path, what, 'a cycle')
  const prototype = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw invalid(path, what, value.constructor.name)
  for (const [name, item] of Object.entries(value)) {
    // JSON leaves such a field out, which is what its author means; in a list it would become null.
    if (item === undefined && !Array.isArray(value)) continue
    check(item, path === '' ? name : `${path}.${name}`, what, [...parents, value])
  }
}

function invalid(path: string, what: string, found: string) {
  const place = path === '' ? '' : ` at "${path}"`
  return refuse('invalid_value', `${what} has ${found}${place}, which JSON cannot keep. Make it text.`, {
    field: path,
  })
}
