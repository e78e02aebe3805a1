import { sha256 } from '@do/provider'
import type { Json } from './body.ts'

/**
 * `use`: where it was not asked by temperature 0, the client itself says that any earlier answer will do. `refresh`: ask anew and
 * keep that. `off`: neither read nor keep.
 */
export type CacheWish = 'use' | 'refresh' | 'off'

export function cacheWish(header: string | undefined, isDeterministic: boolean): CacheWish {
  if (header === 'use' || header === 'refresh' || header === 'off') return header
  return isDeterministic ? 'use' : 'off'
}

/** Equal for requests that say the same, in whatever order; different for everything else, another tenant above all. */
export async function cacheKey(
  tenant: string,
  kind: string,
  chain: readonly string[],
  content: Json,
): Promise<string | undefined> {
  let text: string
  try {
    text = canonical([tenant, kind, chain, content])
  } catch {
    // Nested deeper than the stack: not worth an answer twice.
    return undefined
  }
  return sha256(text)
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}
