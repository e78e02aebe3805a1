import { refuse } from '@do/provider'
import type { Middleware, RequestContext } from '../http/context.ts'
import { problem } from '../http/problem.ts'
import type { Limits } from './limits.ts'
import { quotaOf } from './policy.ts'
import type { LimitPolicy, Taken } from './types.ts'

export interface LimitOptions<Name extends string, Context> {
  readonly policy: Name
  /** Whom it is counted for. Undefined: not counted. */
  readonly key: (context: Context) => string | undefined
  /** Default 1. */
  readonly cost?: (context: Context) => number
}

/**
 * For HTTP: `RateLimit-Policy` and `RateLimit` on every answer, 429 with `Retry-After` when nothing is left.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/11/ · https://www.rfc-editor.org/rfc/rfc6585#section-4
 */
export function limitRequests<Name extends string>(
  limits: Limits<Name>,
  options: LimitOptions<Name, RequestContext>,
): Middleware {
  const { policy, key, cost } = options
  return async (context, next) => {
    const who = key(context)
    if (who === undefined) return next()
    const taken = limits.take(policy, who, cost?.(context))
    const headers = headersOf(policy, limits.policies[policy], taken, limits.clock().now())
    if (!taken.allowed) {
      const seconds = Math.ceil(taken.retryAfterMs / 1_000)
      throw problem(429, 'rate_limited', `Too many requests. Come again in ${seconds} s.`, {
        headers: { ...headers, 'retry-after': String(seconds) },
      })
    }
    const response = await next()
    const answered = new Headers(response.headers)
    for (const [name, value] of Object.entries(headers)) answered.append(name, value)
    // A response that came from elsewhere cannot be written on. One that opens a socket stays as it is.
    if (response.status === 101) return response
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers: answered })
  }
}

/** Before a call of an exposed method. @throws ProviderError `rate_limited` with `retryAfterMs`, fault `quota` */
export function limitCalls<Name extends string, Call>(limits: Limits<Name>, options: LimitOptions<Name, Call>) {
  const { policy, key, cost } = options
  return <T>(call: Call, next: () => T): T => {
    const who = key(call)
    const taken = who === undefined ? undefined : limits.take(policy, who, cost?.(call))
    if (taken?.allowed !== false) return next()
    const { retryAfterMs } = taken
    throw refuse('rate_limited', `Too many calls. Come again in ${Math.ceil(retryAfterMs / 1_000)} s.`, {
      fault: 'quota',
      retryAfterMs,
    })
  }
}

/** Structured fields: items of a list, each a name in quotes with whole numbers. */
function headersOf(name: string, policy: LimitPolicy, { remaining, resetAt }: Taken, now: number): Record<string, string> {
  const { quota, windowMs } = quotaOf(policy)
  return {
    'ratelimit-policy': `"${name}";q=${quota};w=${Math.max(1, Math.ceil(windowMs / 1_000))}`,
    ratelimit: `"${name}";r=${remaining};t=${Math.max(0, Math.ceil((resetAt - now) / 1_000))}`,
  }
}
