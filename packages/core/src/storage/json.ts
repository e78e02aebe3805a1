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
 * JSON text of a value that comes back as it is.
 * @throws ProviderError `invalid_value` that names the place of what JSON would lose, `too_large` beyond 2 MB.
 */
export function encodeJson(value: unknown, what: string, reserved = 0): string {
  check(value, '', what, [])
  const text = JSON.stringify(value)
  if (exceeds(text, maxRowBytes - reserved)) {
    throw refuse('too_large', `${what} is larger than 2 MB with its key. Split it, or keep the large part in an object store.`)
  }
  return text
}

/** @throws ProviderError `invalid_key` unless it is a text of 1 to 2,048 bytes. */
export function checkKey(key: string, what = 'The key'): void {
  if (typeof key === 'string' && key !== '' && key.isWellFormed() && !exceeds(key, maxKeyBytes)) return
  throw refuse('invalid_key', `${what} must be a text of 1 to ${maxKeyBytes} bytes. Shorten it, for example to a hash.`, { field: 'key' })
}

/** Equal as JSON: the order of fields does not matter, that of items does. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].every((name) => sameJson(left[name], right[name]))
}

function check(value: unknown, path: string, what: string, parents: readonly unknown[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return
    throw invalid(path, what, `the number ${value}`)
  }
  if (typeof value !== 'object') throw invalid(path, what, value === undefined ? 'undefined' : `a ${typeof value}`)
  if (parents.includes(value)) throw invalid(path, what, 'a cycle')
  const inner = [...parents, value]
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      check(item, join(path, String(index)), what, inner)
    })
    return
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw invalid(path, what, `a ${value.constructor.name}`)
  for (const [name, item] of Object.entries(value)) if (item !== undefined) check(item, join(path, name), what, inner)
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function invalid(path: string, what: string, found: string) {
  const place = path === '' ? '' : ` at "${path}"`
  return refuse('invalid_value', `${what} contains ${found}${place}, which JSON cannot keep. Convert it to text or a number first.`, {
    field: path,
  })
}
