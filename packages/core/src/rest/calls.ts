import { refuse } from '@do/provider'
import type { Access, Call } from '../expose/access.ts'
import type { CallRoom } from '../expose/calls.ts'
import { type CallContext, currentCall, withCall } from '../kernel/call-context.ts'
import type { DigitalObject } from '../object/digital-object.ts'

/** On whose behalf a request over HTTP calls exposed methods: the same room asks about it as about any other protocol's. */
export function accessOf(object: DigitalObject): Access {
  // The object shows users how to add to its calls; whoever runs calls needs the other half of the same room.
  return { context: contextNow, calls: object.$calls as CallRoom }
}

/**
 * An operation on a collection as a call, `orders.create`, so that the object's authorisation, middleware and hooks hold for it as for
 * its methods. @throws ProviderError `unauthorized`, `forbidden`; what a check or the operation throws
 */
export async function callOperation<T>(
  object: DigitalObject,
  { method, kind, args, scopes }: Pick<Call, 'method' | 'kind' | 'args'> & { readonly scopes: readonly string[] | undefined },
  operation: () => T,
): Promise<T> {
  const calls = object.$calls as CallRoom
  const context = contextNow()
  const call: Call = { method, kind, args, target: object, on: object.constructor.name, context, repeated: false }
  return withCall(context, async () => {
    try {
      checkScopes(scopes, context)
      await calls.allow(call)
      return (await calls.run(call, operation)) as T
    } catch (error) {
      await calls.failed(call, error)
      throw error
    }
  })
}

function contextNow(): CallContext {
  return currentCall() ?? { requestId: crypto.randomUUID() }
}

function checkScopes(scopes: readonly string[] | undefined, { principal, scopes: held = [] }: CallContext): void {
  if (scopes === undefined || scopes.some((scope) => held.includes(scope))) return
  if (principal === undefined) throw refuse('unauthorized', 'This asks who you are. Sign in, then ask again.')
  throw refuse('forbidden', `This needs one of these scopes: ${scopes.join(', ')}.`)
}
