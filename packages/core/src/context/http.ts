import { principalOf } from '../expose/main.ts'
import type { Around, RequestContext } from '../http/context.ts'
import { type CallContext, withCall } from '../kernel/call-context.ts'

/** Faces whose calls come one by one to exposed methods, where each is admitted or not by what it does. */
const faces = ['/rpc', '/mcp']
const reading = ['GET', 'HEAD', 'OPTIONS']

const traced = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/**
 * Who asks is worked out when it is asked for; a class, as getters of a literal would be made anew for each request. It must not
 * hold the request: contexts of calls live until the next thorough collection of garbage, with all that they hold.
 */
class RequestCall implements CallContext {
  readonly requestId: string
  readonly traceparent: string | undefined
  readonly #vars: RequestContext['vars']

  constructor({ requestId, request, vars }: RequestContext) {
    const traceparent = request.headers.get('traceparent')
    this.requestId = requestId
    this.traceparent = traceparent !== null && traced.test(traceparent) ? traceparent : undefined
    this.#vars = vars
  }

  get principal(): string | undefined {
    return principalOf(this.#vars.principal).principal
  }

  get scopes(): readonly string[] | undefined {
    return principalOf(this.#vars.principal).scopes
  }
}

/**
 * Around every HTTP request of an object: `currentCall()` for whatever the handler calls, and the door of an object that
 * lets nobody write. Who asks is what middleware puts into `vars.principal`: text, or `{ id, scopes }`.
 */
export function callOfRequest(admit: () => void): Around {
  return (context, next) => {
    if (!reading.includes(context.request.method) && !faces.includes(context.path)) admit()
    return withCall(new RequestCall(context), next)
  }
}
