import { ProviderError } from '@do/provider'

export interface ProblemFields {
  readonly field?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that is an error, thrown. */
export class Problem extends Error {
  declare readonly name: 'Problem'
  declare readonly status: number
  declare readonly code: string
  declare readonly more: ProblemFields

  constructor(status: number, code: string, detail: string, more: ProblemFields = {}) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.more = more
  }
}

/** To be thrown by a handler: becomes problem+json with this status. `detail` says what was wrong and what to do. */
export function problem(status: number, code: string, detail: string, more?: ProblemFields): Problem {
  return new Problem(status, code, detail, more)
}

/** 404 for a thing that this object does not have. */
export function notFound(what: string): Problem {
  return problem(404, 'not_found', `${what} does not exist here. List what there is.`)
}

const byCode: Readonly<Record<string, number>> = {
  not_found: 404,
  already_exists: 409,
  version_conflict: 409,
  idempotency_key_reused: 409,
  intent_taken: 409,
  unauthorized: 401,
  forbidden: 403,
  webhook_signature: 403,
  webhook_expired: 403,
  webhook_malformed: 400,
  webhook_unrecognised: 404,
  invalid_cursor: 400,
  invalid_limit: 400,
  too_large: 413,
}

const byFault: Readonly<Record<ProviderError['fault'], number>> = {
  caller: 422,
  policy: 422,
  recipient: 422,
  declined: 402,
  quota: 429,
  credential: 502,
  provider: 502,
  network: 502,
  cancelled: 499,
}

/** HTTP status of an error; 500 for what is neither a Problem nor a ProviderError. */
export function statusOf(error: unknown): number {
  if (error instanceof Problem) return error.status
  if (!ProviderError.is(error)) return 500
  if (error.effect === 'unknown') return 504
  // A vendor's 401 or 403 is about our credential, not about the caller's.
  const own = error.fault === 'caller' || error.code.startsWith('webhook_')
  return (own ? byCode[error.code] : undefined) ?? byFault[error.fault]
}

/** An error as RFC 9457 problem+json. Only words of ours: the text of an unknown error stays inside. */
export function problemResponse(error: unknown, requestId: string): Response {
  const status = statusOf(error)
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'x-request-id': requestId,
    'cache-control': 'no-store',
  })
  const { code, detail, ...more } = describe(error, headers)
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')
  const body = { type: `urn:problem:${code}`, title, status, detail, code, requestId, ...more }
  return Response.json(body, { status, headers })
}

function describe(error: unknown, headers: Headers): Record<string, unknown> & { code: string; detail: string } {
  if (error instanceof Problem) {
    for (const [name, value] of Object.entries(error.more.headers ?? {})) headers.set(name, value)
    return { code: error.code, detail: error.message, field: error.more.field }
  }
  if (ProviderError.is(error)) {
    const { name: _, message, status: vendorStatus, requestId: vendorRequestId, elsewhere: __, code, ...rest } = error.toJSON()
    if (error.retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(error.retryAfterMs / 1_000)))
    // Only an unknown outcome has a key; JSON leaves out what is undefined.
    const { key } = error as { readonly key?: string }
    return { code, detail: message, ...rest, key, vendorStatus, vendorRequestId }
  }
  return { code: 'internal', detail: 'Something went wrong inside. Report the request id.' }
}
