import { createHash, timingSafeEqual } from 'node:crypto'
import { notFound, problem } from '../http/problem.ts'
import { decode } from '../http/router.ts'
import { knock } from '../kernel/doors.ts'

const verbs = new Set(['redrive', 'cancel'])

/**
 * The operator's way to any object of this worker: `GET /_inspect/Type/name`, `POST /_inspect/Type/name/redrive` and
 * `/cancel` with `{ "id": … }`. It exists only where the environment has an `INSPECT_TOKEN` of at least 16 characters.
 * @throws Problem 404 without one, 401 for a wrong token; ProviderError `unknown_object`
 */
export async function inspectFace(request: Request, env: unknown): Promise<Response> {
  const { INSPECT_TOKEN: token } = Object(env) as { INSPECT_TOKEN?: unknown }
  // Without a token it is as if it were not there.
  if (typeof token !== 'string' || token.length < 16) throw notFound('This path')
  const given = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
  if (!equal(given, token)) {
    const headers = { 'www-authenticate': 'Bearer' }
    throw problem(401, 'unauthorized', 'Send the inspection token as bearer.', { headers })
  }
  const [, , type = '', name = '', verb, ...more] = new URL(request.url).pathname.split('/').map((part) => decode(part) ?? '')
  if (name === '' || more.length > 0 || (verb !== undefined && !verbs.has(verb))) throw notFound('This path')
  const wanted = verb === undefined ? 'GET' : 'POST'
  if (request.method !== wanted) throw problem(405, 'method_not_allowed', `Use ${wanted}.`, { headers: { allow: wanted } })
  const door = verb === undefined ? 'core.inspect' : `core.inspect.${verb}`
  const payload: unknown = verb === undefined ? null : await request.json().catch(() => null)
  const result = await knock(env, { type, name }, door, payload)
  return Response.json(verb === undefined ? result : { done: result }, { headers: { 'cache-control': 'no-store' } })
}

/** Compared by digest, so that the time says nothing about where they differ. */
function equal(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(left as Buffer, right as Buffer)
}
