import type { Schema } from '../../storage/schema.ts'

// Small schemas that describe themselves by Standard JSON Schema, as zod and others do; those of `unnamed` do not.

type Json = Readonly<Record<string, unknown>>
type Described<T> = Schema<T> & { readonly json: Json; readonly optional: boolean }

export const text = described<string>({ type: 'string' }, (value) => typeof value === 'string')
export const filled = described<string>({ type: 'string', minLength: 1 }, (value) => typeof value === 'string' && value !== '')
export const number = described<number>({ type: 'number' }, (value) => typeof value === 'number')
export const flag = described<boolean>({ type: 'boolean' }, (value) => typeof value === 'boolean')
export const anything = described<unknown>({}, () => true)

export function maybe<T>(inner: Described<T>): Described<T | undefined> {
  return described<T | undefined>(inner.json, (value) => value === undefined || accepts(inner, value), true)
}

export function fields<T extends object>(parts: { readonly [Name in keyof T]: Described<T[Name]> }): Described<T> {
  const entries = Object.entries(parts) as [string, Described<unknown>][]
  const properties = Object.fromEntries(entries.map(([name, { json }]) => [name, json]))
  const required = entries.filter(([, { optional }]) => !optional).map(([name]) => name)
  const wrong = (value: unknown) => entries.find(([name, part]) => !accepts(part, (value as Record<string, unknown>)[name]))?.[0]
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
  return described<T>(
    { type: 'object', properties, required },
    (value) => isObject(value) && wrong(value) === undefined,
    false,
    (value) => (isObject(value) ? wrong(value) : undefined),
  )
}

/** The same, by a library that cannot describe what it checks. */
export function unnamed<T>({ '~standard': standard }: Described<T>): Schema<T> {
  return { '~standard': { version: 1, vendor: 'test', validate: standard.validate } }
}

function accepts(schema: Schema<unknown>, value: unknown): boolean {
  return (schema['~standard'].validate(value) as { issues?: unknown }).issues === undefined
}

function described<T>(
  json: Json,
  check: (value: unknown) => boolean,
  optional = false,
  wrong: (value: unknown) => string | undefined = () => undefined,
): Described<T> {
  const standard = {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => {
      if (check(value)) return { value: value as T }
      const field = wrong(value)
      return { issues: [{ message: 'Not as expected', ...(field === undefined ? {} : { path: [field] }) }] }
    },
    jsonSchema: { input: () => ({ ...json }), output: () => ({ ...json }) },
  }
  return { '~standard': standard, json, optional }
}
