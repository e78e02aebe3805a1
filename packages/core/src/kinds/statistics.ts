export interface Counted {
  readonly exposed: number
  readonly converted: number
}

const z95 = 1.959963984540054

/** 95 % interval of a rate by Wilson: right for few and for rates near 0 and 1, too. */
export function interval(converted: number, exposed: number): readonly [number, number] {
  if (exposed === 0) return [0, 1]
  const rate = converted / exposed
  const square = z95 ** 2
  const middle = (rate + square / (2 * exposed)) / (1 + square / exposed)
  const half = (z95 * Math.sqrt((rate * (1 - rate)) / exposed + square / (4 * exposed ** 2))) / (1 + square / exposed)
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

/** The difference of two rates, and how likely one at least as large is where there is none (two-sided z-test, pooled). */
export function compareRates(one: Counted, other: Counted): { readonly absolute: number; readonly p: number } {
  if (one.exposed === 0 || other.exposed === 0) return { absolute: 0, p: 1 }
  const absolute = one.converted / one.exposed - other.converted / other.exposed
  const pooled = (one.converted + other.converted) / (one.exposed + other.exposed)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / one.exposed + 1 / other.exposed))
  return { absolute, p: error === 0 ? 1 : twoSided(Math.abs(absolute) / error) }
}

/** 2 × (1 − Φ(z)), by the approximation 7.1.26 of Abramowitz and Stegun: wrong by less than 2 × 10⁻⁷. */
function twoSided(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.min(1, series * Math.exp(-x * x))
}
