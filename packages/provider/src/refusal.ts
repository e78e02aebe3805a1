import { prepare } from './engine/attempt-once.ts'
import { callOf } from './engine/call.ts'
import { engineOf } from './engine/engine-key.ts'
import { ProviderError } from './errors.ts'
import type { ProviderBase } from './interface.ts'

/**
 * Why the instance of this name would refuse a call before anything is sent: capabilities, and the adapter's own checks. Undefined where
 * it would send it, or is not there. For whoever plans calls; nothing is sent. `input` must be one that the operation takes.
 */
export function refusalOf(
  provider: ProviderBase,
  instance: string,
  operation: string,
  input: unknown,
): ProviderError | undefined {
  const engine = engineOf(provider)
  const member = engine?.members.find(({ name }) => name === instance)
  if (engine === undefined || member === undefined) return undefined
  try {
    prepare(member, callOf(engine, operation, input, {}))
  } catch (error) {
    if (ProviderError.is(error)) return error
    throw error
  }
}
