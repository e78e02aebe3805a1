import type { Json } from '../storage/json.ts'
import { type Schema, validate } from '../storage/schema.ts'
import { notFound, problem } from './problem.ts'
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

export function toResponse(reply: Reply): Response {
  if (reply === undefined) return new Response(null, { status: 204 })
  return reply instanceof Response ? reply : Response.json(reply)
}

/** What a router has found, carried out. @throws Problem 404 and 405 where it has found no handler. */
export async function answer<Context extends { readonly request: Request }>(
  match: Match<Context>,
  context: Context,
): Promise<Response> {
  if (match.found === 'handler') return toResponse(await match.handler(context))
  if (match.found === 'nothing') throw notFound('This path')
  const headers = { allow: match.allow.join(', ') }
  if (context.request.method === 'OPTIONS') return new Response(null, { status: 204, headers })
  throw problem(405, 'method_not_allowed', `Use ${headers.allow}.`, { headers })
}

export async function readJson<T>(request: Request, schema?: Schema<T>): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw problem(415, 'unsupported_media_type', 'Send JSON, with "content-type: application/json".')
  }
  const text = await request.text()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw problem(400, 'malformed_json', 'The body is not JSON. Check its quotes and commas.')
  }
  return schema === undefined ? value : validate(schema, value, 'the body')
}

/** Runs the middleware around `end`, in order. Whatever `end` throws has become a Response before it comes back. */
export async function runChain<Context>(
  middleware: readonly Middleware<Context>[],
  context: Context,
  end: () => Promise<Response>,
): Promise<Response> {
  const step = (index: number): Response | Promise<Response> => {
    const current = middleware[index]
    if (current === undefined) return end()
    let called = false
    return current(context, async () => {
      if (called) throw new Error('next() may be called once for a request')
      called = true
      return step(index + 1)
    })
  }
  return step(0)
}
