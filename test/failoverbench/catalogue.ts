import type { Check } from './checks.ts'
import type { Behaviour } from './wall.ts'

/**
 * The sixteen public scenarios of failoverbench (catalogue 0.1), rebuilt from their description:
 * https://github.com/failoverbench/failoverbench/blob/main/scenarios/catalogue.yaml
 * Times are the published ones; those of S15 are its own fast profile's (6 s of outage in place of 60).
 */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly primary: Behaviour
  readonly fallback?: Behaviour
  /** What a correct system gives: the whole answer, or a clean error. */
  readonly ideal: 'success' | 'error'
  /** After this long without an end, it hangs. */
  readonly maxWallMs: number
  /** Several requests, one each so many milliseconds, while the primary is down at first. */
  readonly sequence?: { readonly count: number; readonly everyMs: number; readonly downMs: number }
  readonly checks: readonly Check[]
}

const persistently = (status: 500 | 503): Behaviour => ({
  meet: (twin) => twin.faults.next({ kind: 'error', status, when: 'before' }),
})

/** A stream breaks in its middle; an answer in one piece breaks in the middle of its JSON. */
const cutAt40: Behaviour = {
  meet: (twin, { streamed }) =>
    streamed ? twin.breakStream({ kind: 'cut', pieces: 40 }) : twin.faults.next({ kind: 'truncated' }),
}

const withoutRetryAfter = (response: Response): Response => {
  const headers = new Headers(response.headers)
  for (const name of ['retry-after', 'retry-after-ms']) headers.delete(name)
  return new Response(response.body, { status: response.status, headers })
}

const endMark = /data: \[DONE\]\n\n|event: message_stop\ndata: [^\n]*\n\n/g

function withoutEndMark(response: Response): Response {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  const erase = new TransformStream<Uint8Array, Uint8Array>({
    // The twin writes whole events.
    transform: (chunk, controller) => controller.enqueue(encoder.encode(decoder.decode(chunk).replace(endMark, ''))),
  })
  return new Response(response.body?.pipeThrough(erase) ?? null, { status: response.status, headers: response.headers })
}

const advisory = { advisory: true } as const
const noHang: Check = { kind: 'no-hang' }
const whole: Check = { kind: 'no-truncated-success' }
const bounded: Check = { kind: 'primary-attempts', most: 6 }

const scenario = (
  id: string,
  title: string,
  maxWallMs: number,
  primary: Behaviour,
  checks: readonly Check[],
  more: Partial<Scenario> = {},
): Scenario => ({ id, title, maxWallMs, primary, checks, ideal: 'success', ...more })

export const scenarios: readonly Scenario[] = [
  scenario(
    'S01',
    '429 with Retry-After',
    20_000,
    { meet: (twin, { number }) => number === 1 && twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 2 }) },
    [
      { kind: 'primary-attempts', least: 2, ...advisory },
      { kind: 'first-gap', leastMs: 1_800, ...advisory },
      { kind: 'attempts-within', windowMs: 1_500, most: 2 },
    ],
  ),
  scenario(
    'S02',
    '429 without Retry-After, persistent',
    40_000,
    { meet: (twin) => twin.faults.next({ kind: 'rate-limit' }), rewrite: withoutRetryAfter },
    [{ kind: 'attempts-within', windowMs: 3_000, most: 4 }, bounded, noHang],
  ),
  scenario(
    'S03',
    '500 once, then healthy',
    20_000,
    { meet: (twin, { number }) => number === 1 && twin.faults.next({ kind: 'error', status: 500, when: 'before' }) },
    [noHang, { kind: 'primary-attempts', least: 2, ...advisory }],
  ),
  scenario('S04', '503 persistent', 40_000, persistently(503), [bounded, noHang]),
  scenario(
    'S05',
    'TCP reset before headers',
    20_000,
    { meet: (twin, { number }) => number === 1 && twin.faults.next({ kind: 'cut', when: 'before' }) },
    [noHang],
  ),
  scenario('S06', 'No response at all', 130_000, { meet: (twin) => twin.faults.next({ kind: 'hang', when: 'before' }) }, [
    { kind: 'wall', mostMs: 100_000 },
    noHang,
    { kind: 'primary-attempts', most: 1, ...advisory },
  ]),
  scenario(
    'S07',
    'Slow first token',
    60_000,
    {
      meet: (twin, { streamed }) =>
        streamed ? twin.breakStream({ kind: 'pause', pieces: 0, ms: 20_000 }) : twin.faults.next({ kind: 'slow', ms: 20_000 }),
    },
    [noHang, { kind: 'wall', mostMs: 15_000, ...advisory }],
  ),
  scenario('S08', 'Stream cut mid-answer', 40_000, cutAt40, [whole, noHang]),
  scenario(
    'S09',
    'Stream stalls',
    70_000,
    {
      meet: (twin, { streamed }) =>
        streamed ? twin.breakStream({ kind: 'stall', pieces: 20 }) : twin.faults.next({ kind: 'hang', when: 'after' }),
    },
    [{ kind: 'wall', mostMs: 45_000 }, whole, { kind: 'alive-after' }, noHang],
  ),
  scenario(
    'S10',
    'Malformed chunk in the stream',
    30_000,
    {
      meet: (twin, { streamed }) =>
        streamed ? twin.breakStream({ kind: 'malformed', pieces: 10 }) : twin.faults.next({ kind: 'truncated' }),
    },
    [{ kind: 'alive-after' }, whole, noHang, { kind: 'complete', ...advisory }],
  ),
  scenario('S11', 'Stream ends without its end mark', 30_000, { rewrite: withoutEndMark }, [
    { kind: 'wall', mostMs: 8_000 },
    { kind: 'usage', ...advisory },
    // Ours: who finalises it does not ask for it again.
    { kind: 'primary-attempts', most: 1 },
  ]),
  scenario('S12', 'Context length exceeded', 20_000, { meet: (twin) => twin.refuseNext('context_length') }, [
    { kind: 'primary-attempts', least: 1, most: 1 },
    noHang,
  ]),
  scenario(
    'S13',
    'Content-filter rejection',
    20_000,
    { meet: (twin) => twin.refuseNext('content_filter') },
    [{ kind: 'primary-attempts', least: 1, most: 1 }, noHang],
    { ideal: 'error' },
  ),
  scenario('S14', 'Fallback target rejects prefill', 40_000, cutAt40, [{ kind: 'no-prefill-masking' }, whole], {
    fallback: { meet: (twin, { lastRole }) => lastRole === 'assistant' && twin.faults.next({ kind: 'invalid' }) },
  }),
  scenario(
    'S15',
    'Primary flaps: down, then healthy',
    200_000,
    { meet: (twin, { ms }) => ms < 6_000 && twin.faults.next({ kind: 'error', status: 503, when: 'before' }) },
    [{ kind: 'no-hang' }, { kind: 'served-during-outage' }, { kind: 'recovered', mostMs: 30_000 }],
    { sequence: { count: 10, everyMs: 1_200, downMs: 6_000 } },
  ),
  scenario('S16', 'Fail-over accounting', 40_000, persistently(503), [
    { kind: 'reports-fallback' },
    { kind: 'usage', ...advisory },
    bounded,
    // Ours: to the millionth of a dollar, by what the twins counted.
    { kind: 'billed-once' },
  ]),
]
