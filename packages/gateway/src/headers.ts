import type { Session } from './host.ts'
import type { Problem } from './problem.ts'

/** Text that a header can hold. */
export const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500)

export interface AnswerHeaders {
  readonly requestId: string
  readonly session: Session
  readonly contentType: string
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly attempts?: number
  readonly cache?: 'hit' | 'miss' | undefined
  readonly microUsd?: number | undefined
  /** The vendor's own: only its rate limits are passed on, where the host says nothing of its own. */
  readonly vendor?: Readonly<Record<string, string>>
}

const passedOn = /^(x-ratelimit-|anthropic-ratelimit-)/

/** What a client and its operator may want to know of an answer. A plain object: in workerd each call on `Headers` costs. */
export function answerHeaders(about: AnswerHeaders): Record<string, string> {
  const { requestId, session, contentType, provider, model, attempts, cache, microUsd, vendor = {} } = about
  const headers: Record<string, string> = { ...identity(requestId), 'content-type': contentType }
  if (contentType.startsWith('text/event-stream')) {
    headers['cache-control'] = 'no-cache, no-transform'
    // Proxies of the nginx kind otherwise collect the stream.
    headers['x-accel-buffering'] = 'no'
  }
  for (const name of Object.keys(vendor)) if (passedOn.test(name)) headers[name] = vendor[name] as string
  for (const [name, value] of Object.entries(session.headers ?? {})) headers[name.toLowerCase()] = value
  if (provider !== undefined) headers['x-do-provider'] = headerText(provider)
  if (model !== undefined) headers['x-do-model'] = headerText(model)
  if (attempts !== undefined) headers['x-do-attempts'] = String(attempts)
  if (session.route !== undefined) headers['x-do-route'] = headerText(session.route)
  if (cache !== undefined) headers['x-do-cache'] = cache
  if (microUsd !== undefined) headers['x-do-cost-microusd'] = String(microUsd)
  return headers
}

/** OpenAI's clients read the one, Anthropic's the other. */
const identity = (requestId: string) => ({ 'x-request-id': requestId, 'request-id': requestId })

/** What tells a client whether and when to repeat. */
export function problemHeaders({ retryAfterMs, shouldRetry, headers: own }: Problem, requestId: string): Headers {
  const headers = new Headers({ ...own, ...identity(requestId), 'content-type': 'application/json' })
  if (retryAfterMs !== undefined) {
    headers.set('retry-after-ms', String(Math.ceil(retryAfterMs)))
    headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)))
  }
  if (shouldRetry !== undefined) headers.set('x-should-retry', String(shouldRetry))
  return headers
}
