import type { StandardSchemaV1 } from '@standard-schema/spec'
import { refuse } from '../errors.ts'
import { quickly, unsure } from './quick.ts'

/** Runs a Standard Schema: at once where nothing is wrong, otherwise as a promise that rejects with its first issue and path. */
export function parse(schema: StandardSchemaV1, value: unknown): unknown {
  const quick = quickly(schema)(value)
  return quick === unsure ? thoroughly(schema, value) : quick
}

async function thoroughly(schema: StandardSchemaV1, value: unknown): Promise<unknown> {
  let result = schema['~standard'].validate(value)
  if (result instanceof Promise) result = await result
  if (result.issues !== undefined) throw new SchemaMismatch(result.issues)
  return result.value
}

class SchemaMismatch extends Error {
  readonly issues: readonly StandardSchemaV1.Issue[]

  constructor(issues: readonly StandardSchemaV1.Issue[]) {
    super(`does not have the promised shape at "${pathOf(issues[0])}"`)
    this.issues = issues
  }
}

/**
 * Validates what the caller gave, before anything happens.
 * @throws ProviderError `invalid_input` that names the field and the remedy.
 */
export function validateInput(schema: StandardSchemaV1, value: unknown, operation: string): unknown {
  const input = parse(schema, value)
  return input instanceof Promise ? explained(input, operation) : input
}

async function explained(input: Promise<unknown>, operation: string): Promise<unknown> {
  try {
    return await input
  } catch (error) {
    if (!(error instanceof SchemaMismatch)) throw error
    const issue = error.issues[0]
    const field = pathOf(issue)
    throw refuse('invalid_input', `${operation}: ${field === '' ? 'the input' : `"${field}"`} ${sentence(issue?.message)}`, {
      field,
      operation,
    })
  }
}

function pathOf(issue: StandardSchemaV1.Issue | undefined): string {
  return (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}

function sentence(message: string | undefined): string {
  const text = message ?? 'is not valid'
  return /^[A-Z]/.test(text) ? `is not valid: ${text}.` : `${text}.`
}
