/**
 * How a text is cut into SMS segments: GSM 03.38 (160, or 153 when concatenated) or UCS-2 (70, or 67).
 * An escape pair and a surrogate pair are never split, so a segment may end one unit early.
 * Standard: 3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1.
 */
export interface Segments {
  readonly encoding: 'gsm-7' | 'ucs-2'
  /** How many SMS the text becomes (0 for an empty text). */
  readonly count: number
  /** Septets (GSM-7) or 16-bit units (UCS-2) used. */
  readonly units: number
  /** Units that still fit into the last segment. */
  readonly remaining: number
  /** Characters that forced UCS-2, each once: replace them to pay less. */
  readonly nonGsm: readonly string[]
}

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extended = new Set('\f^{}\\[~]|€')

export function segments(text: string): Segments {
  const characters = [...text]
  const nonGsm = [...new Set(characters.filter((c) => !basic.has(c) && !extended.has(c)))]
  const encoding = nonGsm.length === 0 ? 'gsm-7' : 'ucs-2'
  const costs = characters.map((c) => (encoding === 'ucs-2' ? c.length : extended.has(c) ? 2 : 1))
  const units = costs.reduce((sum, cost) => sum + cost, 0)
  const [single, concatenated] = encoding === 'gsm-7' ? [160, 153] : [70, 67]
  if (units <= single) return { encoding, count: units === 0 ? 0 : 1, units, remaining: single - units, nonGsm }
  let count = 1
  let used = 0
  for (const cost of costs) {
    if (used + cost > concatenated) {
      count += 1
      used = 0
    }
    used += cost
  }
  return { encoding, count, units, remaining: concatenated - used, nonGsm }
}
