const brand = Symbol.for('@do/gateway.refusal')

export interface RefusalFields {
  readonly status: number
  /** Stable, snake_case, in OpenAI's words where it has one: `invalid_api_key`. */
  readonly code: string
  /** What was wrong and what to do. Never a key, never a prompt. */
  readonly message: string
  /** The field that is wrong, as the client named it. */
  readonly param?: string | undefined
  readonly retryAfterMs?: number | undefined
  /** False where a repetition cannot help. Default: the client decides by the status. */
  readonly shouldRetry?: boolean | undefined
  /** More headers of the answer: `x-ratelimit-reset-requests`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The gateway or its host refuses. Nobody was asked and nothing spent, or it is settled already (an answer that cannot be written as wished). */
export class GatewayRefusal extends Error {
  readonly [brand] = true
  readonly status: number
  readonly code: string
  readonly param: string | undefined
  readonly retryAfterMs: number | undefined
  readonly shouldRetry: boolean | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor({ status, code, message, param, retryAfterMs, shouldRetry, headers = {} }: RefusalFields) {
    super(message)
    this.name = 'GatewayRefusal'
    this.status = status
    this.code = code
    this.param = param
    this.retryAfterMs = retryAfterMs
    this.shouldRetry = shouldRetry
    this.headers = headers
  }

  /** True for one of any copy of this package. */
  static is(value: unknown): value is GatewayRefusal {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** The key is missing, wrong, expired or revoked: 401. */
export const unauthorized = (message = 'No such API key. Send it as "Authorization: Bearer <key>" or as "x-api-key".') =>
  new GatewayRefusal({ status: 401, code: 'invalid_api_key', message })

/** The key is right and may not do this: 403. */
export const forbidden = (message: string) => new GatewayRefusal({ status: 403, code: 'forbidden', message })

/** No money left: 429 that no client repeats by itself. */
export const insufficientQuota = (message: string) =>
  new GatewayRefusal({ status: 429, code: 'insufficient_quota', message, shouldRetry: false })

/** Too many requests: 429 that clients repeat after `retryAfterMs`. */
export const rateLimited = (message: string, retryAfterMs: number, headers: Readonly<Record<string, string>> = {}) =>
  new GatewayRefusal({ status: 429, code: 'rate_limit_exceeded', message, retryAfterMs, headers })

export const modelNotFound = (message: string) =>
  new GatewayRefusal({ status: 404, code: 'model_not_found', message, param: 'model' })

/** The client's input is wrong: 400. */
export const invalid = (param: string | undefined, message: string, code = 'invalid_value') =>
  new GatewayRefusal({ status: 400, code, message, param })
