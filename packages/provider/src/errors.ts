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
  readonly effect: Effect
  readonly fault: Fault
  readonly code: string
  readonly field: string | undefined
  readonly status: number | undefined
  readonly vendorCode: string | undefined
  readonly retryAfterMs: number | undefined
  readonly requestId: string | undefined
  readonly handle: string | undefined
  readonly provider: string | undefined
  readonly operation: string | undefined
  readonly trail: Trail
  readonly elsewhere: boolean

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

/**
 * The vendor may or may not have acted, and nothing tells which yet. Nothing was sent elsewhere.
 * Call `resolve()` later: it asks the same vendor and never starts anything new. Where a vendor can only be asked by repeating
 * under its idempotency key, that is what it does: it is still the same intent, made once.
 */
export class OutcomeUnknownError<T = unknown> extends ProviderError {
  /** The idempotency key under which the intent is stored: the same key may be used again safely. */
  readonly key: string
  readonly #resolve: () => Promise<Settlement<T>>

  /** True for an OutcomeUnknownError of any copy of this package. */
  static override is(value: unknown): value is OutcomeUnknownError {
    return ProviderError.is(value) && 'resolve' in value && typeof value.resolve === 'function'
  }

  constructor(fields: Omit<ProviderErrorFields, 'effect'>, key: string, resolve: () => Promise<Settlement<T>>) {
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

  /** Asks the vendor what became of it. `none` is answered only after the vendor's settle time. */
  resolve(): Promise<Settlement<T>> {
    return this.#resolve()
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
