/** What the catalogue measures. A check that is advisory and fails makes a pass partial, any other makes it a failure. */
export type Check = { readonly advisory?: boolean } & (
  | { readonly kind: 'no-hang' | 'complete' | 'no-truncated-success' | 'alive-after' | 'usage' }
  | { readonly kind: 'reports-fallback' | 'no-prefill-masking' | 'served-during-outage' | 'billed-once' }
  | { readonly kind: 'primary-attempts'; readonly least?: number; readonly most?: number }
  | { readonly kind: 'first-gap'; readonly leastMs: number }
  | { readonly kind: 'attempts-within'; readonly windowMs: number; readonly most: number }
  | { readonly kind: 'wall' | 'recovered'; readonly mostMs: number }
)

export interface Measured {
  readonly outcome: 'success' | 'error' | 'hang'
  /** Word for word the answer, and once. */
  readonly complete: boolean
  readonly error: string | undefined
  readonly ms: number
  readonly model: string | undefined
  readonly fallbackModel: string
  readonly tokens: number | undefined
  /** When the primary was asked. */
  readonly primaryAt: readonly number[]
  readonly fallbackAttempts: number
  readonly prefills: number
  readonly alive: boolean
  /** Usage and cost are those of the one answer that came, and nothing is set aside any more. */
  readonly billedOnce: boolean
  readonly sequence?: {
    readonly duringOutage: number
    readonly servedDuringOutage: number
    /** How long after the outage the primary answered again. */
    readonly recoveredAfterMs: number | undefined
  }
}

export type Verdict = 'pass' | 'partial' | 'safe' | 'fail'

function holds(check: Check, m: Measured): boolean {
  const attempts = m.primaryAt.length
  switch (check.kind) {
    case 'no-hang':
      return m.outcome !== 'hang'
    case 'complete':
      return m.outcome === 'success' && m.complete
    case 'no-truncated-success':
      return m.outcome !== 'success' || m.complete
    case 'alive-after':
      return m.alive
    case 'usage':
      return (m.tokens ?? 0) > 0
    case 'reports-fallback':
      return m.fallbackAttempts === 0 || m.model?.includes(m.fallbackModel) === true
    case 'no-prefill-masking':
      return m.outcome !== 'error' || m.prefills === 0
    case 'billed-once':
      return m.billedOnce
    case 'served-during-outage':
      return (m.sequence?.duringOutage ?? 0) > 0 && m.sequence?.servedDuringOutage === m.sequence?.duringOutage
    case 'recovered':
      return (m.sequence?.recoveredAfterMs ?? Number.POSITIVE_INFINITY) <= check.mostMs
    case 'primary-attempts':
      return attempts >= (check.least ?? 0) && attempts <= (check.most ?? Number.POSITIVE_INFINITY)
    case 'first-gap':
      return attempts >= 2 && (m.primaryAt[1] as number) - (m.primaryAt[0] as number) >= check.leastMs
    case 'attempts-within':
      return m.primaryAt.filter((at) => at - (m.primaryAt[0] as number) < check.windowMs).length <= check.most
    case 'wall':
      return m.outcome !== 'hang' && m.ms <= check.mostMs
  }
}

/** As the benchmark judges: https://github.com/failoverbench/failoverbench/blob/main/METHODOLOGY.md */
export function judge(
  { ideal, checks }: { readonly ideal: 'success' | 'error'; readonly checks: readonly Check[] },
  measured: Measured,
): { readonly verdict: Verdict; readonly why: string } {
  const { outcome, complete, error = '' } = measured
  const failed = checks.filter((check) => !holds(check, measured))
  const named = (wanted: boolean) => failed.filter(({ advisory = false }) => advisory === wanted).map(({ kind }) => kind)
  if (outcome === 'hang') return { verdict: 'fail', why: 'hang' }
  if (outcome === 'success' && !complete && ideal === 'success') return { verdict: 'fail', why: 'truncated as success' }
  if (named(false).length > 0) return { verdict: 'fail', why: named(false).join(', ') }
  if (ideal === 'error' && outcome === 'success') return { verdict: 'partial', why: 'answered around the rejection' }
  if (ideal === 'success' && outcome === 'error') return { verdict: 'safe', why: error }
  if (named(true).length > 0) return { verdict: 'partial', why: named(true).join(', ') }
  return { verdict: 'pass', why: outcome === 'success' ? `${measured.ms.toFixed(0)} ms` : error }
}
