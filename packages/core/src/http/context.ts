import { isPromise } from '../kernel/promises.ts'
import type { Json } from '../storage/json.ts'
import { type Schema, validate } from '../storage/schema.ts'
import { notFound, problem } from './problem.ts'
import { requestIdOf } from './request-id.ts'
import type { Match } from './router.ts'

/** One request, as middleware and handlers see it. */
export interface RequestContext {
  /** Untouched: its body is the raw bytes, as a webhook's signature needs them. */
  readonly request: Request
  readonly url: URL
  /** Below the object: `/messages/42`. */
  readonly path: string
  /** The pattern that matched, known to middleware before the handler runs. */
  readonly route: string | undefined
  readonly params: Readonly<Record<string, string>>
  readonly requestId: string
  /** From middleware to handler. */
  readonly vars: Record<string, unknown>
  /** @throws Problem 415 `unsupported_media_type`, 400 `malformed_json`; with a schema ProviderError `invalid_input` naming the field. */
  json(): Promise<unknown>
  json<T>(schema: Schema<T>): Promise<T>
}

/** A Response as it is, JSON data as 200, nothing as 204. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing has type void
export type Reply = Response | Json | object | undefined | void
export type Handler<Context = RequestContext> = (context: Context) => Reply | Promise<Reply>
export type Middleware<Context = RequestContext> = (
  context: Context,
  next: () => Promise<Response>,
) => Response | Promise<Response>

/** One class for all requests: getters of an object literal would be made anew for each, which costs more than the routing. */
export class Incoming implements RequestContext {
  declare readonly request: Request
  declare readonly path: string
  declare readonly route: string | undefined
  declare readonly params: Readonly<Record<string, string>>
  declare readonly requestId: string
  declare readonly vars: Record<string, unknown>

  constructor(request: Request, { path, route, params = {} }: Match<RequestContext>) {
    this.request = request
    this.path = path
    this.route = route
    this.params = params
    this.requestId = requestIdOf(request)
    this.vars = {}
  }

  get url(): URL {
    return new URL(this.request.url)
  }

  /** A function of its own, so that a handler may take it apart: `({ json }) => …`. */
  get json() {
    const { request } = this
    return async <T>(schema?: Schema<T>): Promise<T> => {
      const type = request.headers.get('content-type') ?? ''
      if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
        throw problem(415, 'unsupported_media_type', 'Send "content-type: application/json".')
      }
      const text = await request.text()
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        throw problem(400, 'malformed_json', 'The body is not JSON. Correct it.')
      }
      return schema === undefined ? (value as T) : validate(schema, value, 'the body')
    }
  }
}

/**
 * What a router has found, carried out; what it throws, and 404 and 405 where nothing was found, as what `fail` makes of it. A promise
 * only where the handler answers one: each turn of the queue, and what is kept for it meanwhile, is paid by every request.
 */
export function answer<Context extends { readonly request: Request }>(
  match: Match<Context>,
  context: Context,
  fail: (error: unknown) => Response,
): Response | Promise<Response> {
  try {
    if (match.handler) {
      const reply = match.handler(context)
      return isPromise(reply) ? reply.then(responseOf as (reply: unknown) => Response).catch(fail) : responseOf(reply)
    }
    if (!match.allow) throw notFound('This path')
    const headers = { allow: match.allow.join(', ') }
    if (context.request.method === 'OPTIONS') return new Response(null, { status: 204, headers })
    throw problem(405, 'method_not_allowed', `Use ${headers.allow}.`, { headers })
  } catch (error) {
    return fail(error)
  }
}

function responseOf(reply: Reply): Response {
  if (reply instanceof Response) return reply
  return reply === undefined ? new Response(null, { status: 204 }) : Response.json(reply)
}

/** What goes around requests, at once where nothing is waited for. Whatever `next` throws has become a Response before it comes back. */
export type Around<Context = RequestContext> = (
  context: Context,
  next: () => Response | Promise<Response>,
) => Response | Promise<Response>
