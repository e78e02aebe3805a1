/** How much of something a key may take. */
export type LimitPolicy =
  /** `capacity` at once; `refill` come back in each `everyMs`, evenly. */
  | {
      readonly kind: 'bucket'
      readonly capacity: number
      readonly refill: number
      readonly everyMs: number
      readonly maxKeys?: number
    }
  /** `limit` in each window of the clock: windows begin at whole multiples of `windowMs` since 1970. */
  | { readonly kind: 'fixed'; readonly limit: number; readonly windowMs: number; readonly maxKeys?: number }
  /** `limit` in any stretch of `windowMs`, exactly: what was taken is remembered with its time. */
  | { readonly kind: 'sliding'; readonly limit: number; readonly windowMs: number; readonly maxKeys?: number }

export interface Taken {
  readonly allowed: boolean
  /** What a rested key could take at once. */
  readonly limit: number
  /** What is left now, in whole units. */
  readonly remaining: number
  /** Epoch milliseconds at which the whole quota is there again, if nothing more is taken. */
  readonly resetAt: number
  /** 0 when allowed; otherwise until the same cost would be allowed, if nothing more is taken. */
  readonly retryAfterMs: number
}
