import type { Effect, Fault, Trail } from './outcome.ts'

const brand = Symbol.for('@do/provider.error')

export interface ProviderErrorFields {
  readonly effect: Effect
  readonly fault: Fault
  /** Stable, machine-readable, snake_case. */
  readonly code: string
  /** What was wrong and what to do next. Never a secret, never a message body. */
  readonly message: string
  /** Input field, as a path: `to`, `messages.3.body`. */
  readonly field?: string
  /** HTTP status of the vendor's answer. */
  readonly status?: number
  /** The vendor's own error code, as text. */
  readonly vendorCode?: string
  readonly retryAfterMs?: number
  readonly requestId?: string
  /** What the vendor made or kept although it refused: the payment of a declined charge, to be tried again with another card. */
  readonly handle?: string
  readonly provider?: string
  readonly operation?: string
  readonly trail?: Trail
  /** The refusal is this provider's own (a missing feature, a foreign sender): another provider may be asked. */
  readonly elsewhere?: boolean
  readonly cause?: unknown
}

/**
 * Every failure of every provider. `effect` says whether the vendor acted, `fault` whose fault it was.
 * Recognised across copies of this package by `ProviderError.is`, not by `instanceof`.
 */
export class ProviderError extends Error {
  readonly [brand] = true
  declare readonly effect: Effect
  declare readonly fault: Fault
  declare readonly code: string
  declare readonly field: string | undefined
  declare readonly status: number | undefined
  declare readonly vendorCode: string | undefined
  declare readonly retryAfterMs: number | undefined
  declare readonly requestId: string | undefined
  declare readonly handle: string | undefined
  declare readonly provider: string | undefined
  declare readonly operation: string | undefined
  declare readonly trail: Trail
  declare readonly elsewhere: boolean

  constructor(fields: ProviderErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: safeCause(fields.cause) })
    this.name = 'ProviderError'
    this.effect = fields.effect
    this.fault = fields.fault
    this.code = fields.code
    this.field = fields.field
    this.status = fields.status
    this.vendorCode = fields.vendorCode
    this.retryAfterMs = fields.retryAfterMs
    this.requestId = fields.requestId
    this.handle = fields.handle
    this.provider = fields.provider
    this.operation = fields.operation
    this.trail = fields.trail ?? []
    this.elsewhere = fields.elsewhere ?? false
  }

  /** True for a ProviderError of any copy of this package. */
  static is(value: unknown): value is ProviderError {
    return typeof value === 'object' && value !== null && brand in value
  }

  /** The same error with some fields replaced (for example with the whole trail). */
  with(fields: Partial<ProviderErrorFields>): ProviderError {
    const next = new ProviderError({ ...this.fields(), ...fields })
    if (this.stack !== undefined) next.stack = this.stack
    return next
  }

  /** Everything that may be logged or sent over the wire. */
  toJSON(): Omit<ProviderErrorFields, 'cause'> & { readonly name: string } {
    const { cause: _, ...rest } = this.fields()
    return { name: this.name, ...rest }
  }

  private fields(): ProviderErrorFields {
    return defined({
      effect: this.effect,
      fault: this.fault,
      code: this.code,
      message: this.message,
      field: this.field,
      status: this.status,
      vendorCode: this.vendorCode,
      retryAfterMs: this.retryAfterMs,
      requestId: this.requestId,
      handle: this.handle,
      provider: this.provider,
      operation: this.operation,
      trail: this.trail,
      elsewhere: this.elsewhere,
      cause: this.cause,
    })
  }
}

/** How an unknown outcome ended once it was settled. */
export type Settlement<T> =
  | { readonly effect: 'done'; readonly value: T }
  | { readonly effect: 'none' }
  | { readonly effect: 'unknown' }

export interface ResolveOptions {
  /**
   * The thing is still wanted. Where the vendor has nothing to look in, the same request is then repeated under its idempotency
   * key (or stated again, where that changes nothing): that gets the first answer, and makes now, once, what had not arrived.
   * Default false: such an outcome stays `unknown`.
   */
  readonly mayComplete?: boolean
}

/**
 * The vendor may or may not have acted, and nothing tells which yet. Nothing was sent elsewhere.
 * Call `resolve()` later: it only looks at the same vendor, and makes nothing. What cannot be looked for stays `unknown`, until
 * a webhook tells (`settleIntent`), the command is repeated with the same key, or `resolve({ mayComplete: true })` allows to make it.
 */
export class OutcomeUnknownError<T = unknown> extends ProviderError {
  /** The idempotency key under which the intent is stored: the same key may be used again safely. */
  readonly key: string
  readonly #resolve: (options: ResolveOptions) => Promise<Settlement<T>>

  /** True for an OutcomeUnknownError of any copy of this package. */
  static override is(value: unknown): value is OutcomeUnknownError {
    return ProviderError.is(value) && 'resolve' in value && typeof value.resolve === 'function'
  }

  constructor(
    fields: Omit<ProviderErrorFields, 'effect'>,
    key: string,
    resolve: (options: ResolveOptions) => Promise<Settlement<T>>,
  ) {
    super({ ...fields, effect: 'unknown' })
    this.name = 'OutcomeUnknownError'
    this.key = key
    this.#resolve = resolve
  }

  /** Still one, with its `resolve()`, unless the effect is known now. */
  override with(fields: Partial<ProviderErrorFields>): ProviderError {
    if ((fields.effect ?? 'unknown') !== 'unknown') return super.with(fields)
    const { name: _, effect: __, ...own } = this.toJSON()
    const next = new OutcomeUnknownError<T>({ ...own, cause: this.cause, ...fields }, this.key, this.#resolve)
    if (this.stack !== undefined) next.stack = this.stack
    return next
  }

  /** Looks at the vendor for what became of it. `none` is answered only after the vendor's settle time. */
  resolve(options: ResolveOptions = {}): Promise<Settlement<T>> {
    return this.#resolve(options)
  }
}

/**
 * For adapters: the vendor answered legibly, with a success status, that it refuses (a decline inside a 200). The code is
 * looked up in the adapter's table like that of any other refusal; a code that is not in it stays unknown.
 */
export class VendorRefusal extends Error {
  readonly vendorCode: string

  constructor(vendorCode: string) {
    super('The vendor refused in an answer that says success.')
    this.name = 'VendorRefusal'
    this.vendorCode = vendorCode
  }
}

/** A refusal before anything was sent. */
export function refuse(
  code: string,
  message: string,
  more: Partial<Omit<ProviderErrorFields, 'effect' | 'code' | 'message'>> = {},
): ProviderError {
  return new ProviderError({ effect: 'none', fault: 'caller', code, message, ...more })
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/** SDK errors carry headers, credentials and request bodies; only their name and code are safe to keep. */
function safeCause(cause: unknown): unknown {
  if (ProviderError.is(cause)) return cause
  if (typeof cause !== 'object' || cause === null) return undefined
  const { name, code, status } = cause as { name?: unknown; code?: unknown; status?: unknown }
  const words = [
    typeof name === 'string' ? name : 'Error',
    typeof code === 'string' || typeof code === 'number' ? `code ${code}` : '',
    typeof status === 'number' ? `status ${status}` : '',
  ]
  const safe = new Error(words.filter(Boolean).join(', '))
  safe.name = 'VendorError'
  delete safe.stack
  return safe
}
