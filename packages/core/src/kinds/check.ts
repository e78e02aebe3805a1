import { refuse } from '@do/provider'
import type { Schema } from '../storage/schema.ts'

/** Says what is wrong with a field, or nothing. */
export type Check = (value: unknown) => string | undefined

/**
 * A Standard Schema of a flat kind: each field checked by itself, no others allowed. Small enough that these kinds bring no schema
 * library with them.
 */
export function kindSchema<T>(fields: Readonly<Record<keyof T & string, Check>>): Schema<T> {
  const checks = new Map(Object.entries<Check>(fields))
  return {
    '~standard': {
      version: 1,
      vendor: 'do-core',
      validate: (value) => {
        if (typeof value !== 'object' || value === null) return { issues: [{ message: 'an object with fields', path: [] }] }
        const given = value as Readonly<Record<string, unknown>>
        const stranger = Object.keys(given).find((name) => !checks.has(name))
        if (stranger !== undefined) return { issues: [{ message: 'there is no such field', path: [stranger] }] }
        for (const [name, check] of checks) {
          const message = check(given[name])
          if (message !== undefined) return { issues: [{ message, path: [name] }] }
        }
        return { value: value as T }
      },
    },
  }
}

export const text =
  (most = 200, pattern?: RegExp): Check =>
  (value) => {
    if (typeof value !== 'string' || value.length < 1 || value.length > most) return `text of 1 to ${most} characters`
    return pattern === undefined || pattern.test(value) ? undefined : `text like ${pattern.source}`
  }

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value)

export const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string) ? undefined : `one of ${values.join(', ')}`

export const list =
  (check: Check, most = 100): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length > most) return `a list of at most ${most}`
    return value.map(check).find((message) => message !== undefined)
  }

export const whole =
  (least = 0, most = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `a whole number from ${least} to ${most}`

export const anything: Check = () => undefined

/** Short names in lower case, as keys: `checkout-button`. */
export const key = text(64, /^[a-z0-9][a-z0-9._-]*$/)

export function missing(what: string, id: string) {
  return refuse('not_found', `There is no ${what} "${String(id).slice(0, 100)}". List them to see what there is.`, {
    field: 'id',
  })
}
