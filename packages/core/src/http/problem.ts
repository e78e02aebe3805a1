import { OutcomeUnknownError, ProviderError } from '@do/provider'

export interface ProblemFields {
  readonly field?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that is an error, thrown. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly field: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, detail: string, { field, headers = {} }: ProblemFields = {}) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.field = field
    this.headers = headers
  }
}

/** To be thrown by a handler: becomes problem+json with this status. `detail` says what was wrong and what to do. */
export function problem(status: number, code: string, detail: string, more?: ProblemFields): Problem {
  return new Problem(status, code, detail, more)
}

/** 404 for a thing that this object does not have. */
export function notFound(what: string): Problem {
  return new Problem(404, 'not_found', `${what} does not exist here. Check its id, or list what there is.`)
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

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  402: 'Declined',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not valid',
  429: 'Too many requests',
  499: 'Cancelled',
  500: 'Internal error',
  502: 'Provider failed',
  503: 'Unavailable',
  504: 'Outcome unknown',
}

/** HTTP status of an error; 500 for what is neither a Problem nor a ProviderError. */
export function statusOf(error: unknown): number {
  if (error instanceof Problem) return error.status
  if (!ProviderError.is(error)) return 500
  if (error.effect === 'unknown') return 504
  // The vendor's own 401, 403 and 404 are not the caller's: those codes count only where nobody else was asked.
  const own = error.fault === 'caller' || error.fault === 'provider' ? byCode[error.code] : undefined
  return own ?? byFault[error.fault]
}

/** An error as RFC 9457 problem+json. Only words of ours: the text of an unknown error stays inside. */
export function problemResponse(error: unknown, requestId: string): Response {
  const status = statusOf(error)
  const headers = new Headers({ 'content-type': 'application/problem+json', 'x-request-id': requestId, 'cache-control': 'no-store' })
  const { code, detail, ...more } = describe(error, headers)
  const body = { type: `urn:problem:${code}`, title: titles[status] ?? 'Error', status, detail, code, requestId, ...more }
  return new Response(JSON.stringify(body), { status, headers })
}

function describe(error: unknown, headers: Headers): Record<string, unknown> & { code: string; detail: string } {
  if (error instanceof Problem) {
    for (const [name, value] of Object.entries(error.headers)) headers.set(name, value)
    return { code: error.code, detail: error.message, ...(error.field === undefined ? {} : { field: error.field }) }
  }
  if (ProviderError.is(error)) {
    const { name: _, message, status: vendorStatus, requestId: vendorRequestId, elsewhere: __, code, ...rest } = error.toJSON()
    if (error.retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(error.retryAfterMs / 1_000)))
    const key = error instanceof OutcomeUnknownError ? { key: error.key } : {}
    return { code, detail: message, ...rest, ...key, ...vendor({ vendorStatus, vendorRequestId }) }
  }
  return { code: 'internal', detail: 'Something went wrong inside. Try again; if it stays, report the request id.' }
}

function vendor(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
