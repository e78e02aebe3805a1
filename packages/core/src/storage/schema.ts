import { refuse } from '@do/provider'

/** Any Standard Schema (https://standardschema.dev) that validates synchronously: zod, valibot, arktype and others. */
export interface Schema<Out = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Validated<Out> | Promise<Validated<Out>>
    readonly types?: { readonly input: unknown; readonly output: Out } | undefined
  }
}

type Validated<Out> = { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** @throws ProviderError `invalid_input` naming the field, `async_schema` for a schema that answers a promise. */
export function validate<Out>(schema: Schema<Out>, value: unknown, what: string): Out {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) {
    throw refuse('async_schema', `The schema of ${what} is synchronous: await before or after it.`)
  }
  if (result.issues === undefined) return result.value
  const issue = result.issues[0]
  const field = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  const where = field === '' ? what : `"${field}" of ${what}`
  throw refuse('invalid_input', `${where} is not valid: ${issue?.message ?? 'see its schema'}. Correct it.`, {
    field,
  })
}
