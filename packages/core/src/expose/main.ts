import { type CallContext, currentCall } from '../kernel/call-context.ts'
import type { ConnectionAccess } from '../rpc/access.ts'
import type { CallRoom } from './calls.ts'
import { notRepeatable } from './errors.ts'
import { type Facade, facadeOf } from './facade.ts'
import { createLimits, type LimitOptions } from './limits.ts'

/** A principal as call contexts carry it. Middleware may say it as text or as `{ id, scopes }`. */
export function principalOf(principal: unknown): Pick<CallContext, 'principal' | 'scopes'> {
  if (typeof principal === 'string') return { principal, scopes: [] }
  const { id, scopes } = Object(principal) as { readonly id?: unknown; readonly scopes?: unknown }
  if (typeof id !== 'string') return { scopes: [] }
  return { principal: id, scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [] }
}

/** The main object of a connection from outside: what its principal may call of `self`, within the limits of one connection. */
export function mainFor(self: object, calls: CallRoom, options: LimitOptions = {}): (connection: ConnectionAccess) => Facade {
  return ({ principal, requestId, deliver, context: given }) => {
    const traceparent = currentCall()?.traceparent
    const context = given ?? { requestId, ...principalOf(principal), ...(traceparent === undefined ? {} : { traceparent }) }
    return facadeOf(self, { context: () => context, deliver, limits: createLimits(calls.clock, options), calls })
  }
}

/** What a neighbour object of the same worker calls. `again`: it lost an answer, so what writes must not run. */
export function neighbourFor(self: object, calls: CallRoom, given: CallContext | undefined, again: boolean): Facade {
  const context = given ?? { requestId: crypto.randomUUID() }
  const deliver = (args: readonly unknown[]) => ({
    args,
    replaying: false,
    repeated: true,
    once: () => {
      throw notRepeatable()
    },
  })
  const trusted = context.principal === undefined && context.scopes === undefined
  return facadeOf(self, { context: () => context, trusted, calls, ...(again ? { deliver } : {}) })
}
