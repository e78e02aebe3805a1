import { ledgerError } from './errors.ts'

/** An exact decimal number: `digits / 10^places`. */
export interface Decimal {
  readonly digits: bigint
  readonly places: number
}

/** @throws LedgerError `invalid_rate` unless it is decimal text above zero, such as "1.0842". */
export function parseRate(rate: string, field = 'rate'): Decimal {
  const match = typeof rate === 'string' && rate.length <= 60 ? /^(\d+)(?:\.(\d+))?$/.exec(rate) : null
  const digits = match === null ? 0n : BigInt(`${match[1]}${match[2] ?? ''}`)
  if (match === null || digits === 0n) {
    throw ledgerError('invalid_rate', `${field} must be decimal text above zero, such as "1.0842"; never a number.`, { field })
  }
  return { digits, places: match[2]?.length ?? 0 }
}

/** `halfEven` (default): to the nearest, a half to the even neighbour. `halfUp`: a half away from zero. `down`: toward zero. */
export type Rounding = 'halfEven' | 'halfUp' | 'down'

export interface Conversion {
  /** Digits after the point of the currency it is in, and of the one it goes into. */
  readonly from: number
  readonly to: number
  /** Whole units to whole units. */
  readonly rate: string
  /** The rate says what one of `to` costs in `from`: divide. */
  readonly inverse?: boolean
  readonly rounding?: Rounding
}

/** An amount of one currency in minor units of another: exact, and rounded once, at the end. */
export function convert(amount: bigint, { from, to, rate, inverse = false, rounding = 'halfEven' }: Conversion): bigint {
  const { digits, places } = parseRate(rate)
  const [up, down] = inverse ? [places + to, from] : [to, places + from]
  const numerator = amount * 10n ** BigInt(up) * (inverse ? 1n : digits)
  const denominator = 10n ** BigInt(down) * (inverse ? digits : 1n)
  return divide(numerator, denominator, rounding)
}

/** A whole quotient, rounded. The divisor is above zero. */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const quotient = numerator / denominator
  const rest = numerator % denominator
  if (rest === 0n || rounding === 'down') return quotient
  const away = quotient + (numerator < 0n ? -1n : 1n)
  const twice = (rest < 0n ? -rest : rest) * 2n
  if (twice !== denominator) return twice > denominator ? away : quotient
  return rounding === 'halfUp' || quotient % 2n !== 0n ? away : quotient
}
