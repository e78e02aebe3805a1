import { refuse } from '@do/provider'

type Issue = { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined }
type Result<Value> = { readonly value: Value; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

/** An interface's own schema, which is the only judge of its input. */
interface Schema<Value> {
  readonly '~standard': { validate(value: unknown): Result<Value> | Promise<Result<Value>> }
}

/** @throws ProviderError `invalid_input` that names the field, before anything is written or sent. */
export function checked<Value>(schema: Schema<Value>, given: unknown): Value {
  const result = schema['~standard'].validate(given)
  if (result instanceof Promise) throw new TypeError('The schema must be synchronous.')
  if (result.issues === undefined) return result.value
  const issue = result.issues[0]
  const field = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  throw refuse('invalid_input', `${field === '' ? 'The input' : `"${field}"`} ${issue?.message ?? 'is not valid'}.`, {
    field,
  })
}
