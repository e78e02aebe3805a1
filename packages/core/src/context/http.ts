import { principalOf } from '../expose/main.ts'
import type { Middleware } from '../http/context.ts'
import { type CallContext, withCall } from '../kernel/call-context.ts'

/** Faces whose calls come one by one to exposed methods, where each is admitted or not by what it does. */
const faces = ['/rpc', '/mcp']
const reading = ['GET', 'HEAD', 'OPTIONS']

/**
 * Around every HTTP request of an object: `currentCall()` for whatever the handler calls, and the door of an object that
 * lets nobody write. Who asks is what middleware puts into `vars.principal`: text, or `{ id, scopes }`.
 */
export function callOfRequest(admit: () => void): Middleware {
  return ({ request, requestId, path, vars }, next) => {
    if (!reading.includes(request.method) && !faces.includes(path)) admit()
    const traceparent = request.headers.get('traceparent')
    const call: CallContext = {
      requestId,
      ...(traceparent !== null && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(traceparent) ? { traceparent } : {}),
      get principal() {
        return principalOf(vars.principal).principal
      },
      get scopes() {
        return principalOf(vars.principal).scopes
      },
    }
    return withCall(call, next)
  }
}
