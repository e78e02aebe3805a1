import type { Schema } from '../storage/schema.ts'

/**
 * What calling a method twice does, and so what may be done with it when an answer is lost.
 * - `read`: changes nothing; is asked again.
 * - `capability`: answers an object with exposed methods of its own, made from the arguments alone; is made again after a wake.
 * - `write`: changes something; a repeated call (same session, same call) gets the saved answer, or a typed error when nobody knows.
 */
export type MethodKind = 'read' | 'capability' | 'write'

export interface MethodOptions {
  /** Default `write`. */
  readonly kind?: MethodKind
  /** One schema for each argument, in order. More arguments than schemas are refused. */
  readonly input?: readonly Schema<unknown>[]
  /** Names of the arguments, for the HTTP face, OpenAPI and MCP: a body's fields. Default `arg0`, `arg1`. */
  readonly parameters?: readonly string[]
  /** JSON Schema of the input object, where the Standard Schema cannot say it, for OpenAPI and MCP. */
  readonly inputJsonSchema?: Readonly<Record<string, unknown>>
  readonly output?: Schema<unknown>
  readonly title?: string
  readonly description?: string
  /** Scopes of which the principal needs one. Default: whatever the object's authorisation says. */
  readonly scopes?: readonly string[]
}

/** The methods of a class that may be called from outside, by name. What is not named here does not exist for a caller. */
export type Methods<Instance> = {
  readonly [Name in keyof Instance as Instance[Name] extends (...args: never[]) => unknown ? Name : never]?: MethodOptions
}
