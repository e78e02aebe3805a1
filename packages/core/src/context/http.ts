import { principalOf } from '../expose/main.ts'
import type { Middleware, RequestContext } from '../http/context.ts'
import { type CallContext, withCall } from '../kernel/call-context.ts'

/** Faces whose calls come one by one to exposed methods, where each is admitted or not by what it does. */
const faces = ['/rpc', '/mcp']
const reading = ['GET', 'HEAD', 'OPTIONS']

const traced = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/** Worked out when it is asked for; a class, as getters of a literal would be made anew for each request. */
class RequestCall implements CallContext {
  readonly requestId: string
  readonly #from: RequestContext

  constructor(from: RequestContext) {
    this.requestId = from.requestId
    this.#from = from
  }

  get traceparent(): string | undefined {
    const traceparent = this.#from.request.headers.get('traceparent')
    return traceparent !== null && traced.test(traceparent) ? traceparent : undefined
  }

  get principal(): string | undefined {
    return principalOf(this.#from.vars.principal).principal
  }

  get scopes(): readonly string[] | undefined {
    return principalOf(this.#from.vars.principal).scopes
  }
}

/**
 * Around every HTTP request of an object: `currentCall()` for whatever the handler calls, and the door of an object that
 * lets nobody write. Who asks is what middleware puts into `vars.principal`: text, or `{ id, scopes }`.
 */
export function callOfRequest(admit: () => void): Middleware {
  return (context, next) => {
    if (!reading.includes(context.request.method) && !faces.includes(context.path)) admit()
    return withCall(new RequestCall(context), next)
  }
}
