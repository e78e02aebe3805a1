import { holds } from '../assert.ts'
import type { Check, World } from '../check.ts'
import type { TwinFault } from '../twin.ts'
import { why } from '../why.ts'
import { traced } from './settle.ts'
import type { Subject } from './subject.ts'

const faults: readonly (readonly [string, TwinFault])[] = [
  ['500', { kind: 'error', status: 500, when: 'after' }],
  ['502', { kind: 'error', status: 502, when: 'after' }],
  ['503', { kind: 'error', status: 503, when: 'before' }],
  ['429', { kind: 'rate-limit', retryAfterSeconds: 1 }],
  ['cut', { kind: 'cut', when: 'after' }],
  ['hang', { kind: 'hang', when: 'after' }],
  ['truncated', { kind: 'truncated' }],
  ['foreign-page', { kind: 'foreign-page', when: 'after' }],
]

/** One attempt is one request: what an SDK repeats by itself, it may do twice. */
export function requestChecks<W extends World>(subject: Subject<W>): Check<W>[] {
  return faults.map(
    ([name, fault]): Check<W> => ({
      id: `${subject.name}.one-request.${name}`,
      level: 'must',
      title: `One attempt sends one request, also when it ends in: ${name}`,
      why: why.retries,
      run: async (world) => {
        const input = await subject.input(world)
        const before = world.requests().length
        world.twin.faults.always(fault, { operation: subject.request })
        const { trail } = await traced(subject, world, input)
        const requests = world.requests().slice(before)
        const sent = requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD').length
        // A wrapper may have tried several providers; each attempt is in its record.
        const attempts = trail.filter(({ action, requests = 0 }) => action !== 'wait' && action !== 'skip' && requests > 0)
        const writing = attempts.filter(({ action }) => action === 'attempt').length
        holds(sent > 0, 'No request reached the twin, so nothing was tried.')
        holds(
          sent <= Math.max(1, writing),
          `${sent} requests reached the vendor in ${writing} attempt(s). Switch off the retries of the SDK.`,
        )
      },
    }),
  )
}
