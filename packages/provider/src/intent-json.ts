import type { Intent } from './intent.ts'

/** How a bigint stands in JSON; a given object of the same form gets one more "$", and loses it again. */
const form = /^\$+bigint$/

/** An intent as text, for stores that keep text: JSON, in which amounts (bigint) survive. */
export function intentToJson(intent: Intent): string {
  return JSON.stringify(intent, (_, value: unknown) => {
    if (typeof value === 'bigint') return { $bigint: value.toString() }
    const key = onlyKey(value)
    return key === undefined ? value : { [`$${key}`]: (value as Record<string, unknown>)[key] }
  })
}

export function intentFromJson(text: string): Intent {
  return JSON.parse(text, (_, value: unknown) => {
    const key = onlyKey(value)
    if (key === undefined) return value
    const inner = (value as Record<string, unknown>)[key]
    return key === '$bigint' ? BigInt(inner as string) : { [key.slice(1)]: inner }
  }) as Intent
}

function onlyKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const keys = Object.keys(value)
  return keys.length === 1 && form.test(keys[0] as string) ? keys[0] : undefined
}
