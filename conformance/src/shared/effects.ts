import { outcome, refused, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import type { TwinFault } from '../twin.ts'
import { why } from '../why.ts'
import { honest } from './settle.ts'
import type { Subject } from './subject.ts'

/** Failures after which anybody can know that the vendor did not act. */
const definite = [
  ['refused', { kind: 'refuse' }, { fault: 'network' }, 'A refused connection is known to have done nothing', why.statuses],
  [
    'rate-limited',
    { kind: 'rate-limit', retryAfterSeconds: 90 },
    { fault: 'quota', code: 'rate_limited' },
    'A rate limit is known to have done nothing',
    why.rateLimit,
  ],
  [
    'unauthorized',
    { kind: 'unauthorized' },
    { fault: 'credential' },
    'A refused credential is known to have done nothing, and is called that',
    why.statuses,
  ],
  [
    'invalid',
    { kind: 'invalid' },
    { fault: ['caller', 'recipient', 'policy'] },
    'An input that the vendor refuses is known to have done nothing',
    why.statuses,
  ],
] as const

/** Failures after which the client cannot know: the adapter has to find out, or to say so. */
const ambiguous: readonly (readonly [string, TwinFault, string])[] = [
  ['refused-once', { kind: 'refuse' }, 'What another provider did instead of an unreachable one leads back to it'],
  ['error-500-before', { kind: 'error', status: 500, when: 'before' }, 'An error 500 without effect is told apart'],
  [
    'error-500-after',
    { kind: 'error', status: 500, when: 'after' },
    'An error 500 after the vendor acted does not pass as "nothing happened"',
  ],
  [
    'error-502-after',
    { kind: 'error', status: 502, when: 'after' },
    'A bad gateway after the vendor acted does not pass as "nothing happened"',
  ],
  ['error-503-before', { kind: 'error', status: 503, when: 'before' }, 'An unavailable vendor makes nothing twice'],
  [
    'error-504-after',
    { kind: 'error', status: 504, when: 'after' },
    'A gateway time-out after the vendor acted does not pass as "nothing happened"',
  ],
  ['cut-before', { kind: 'cut', when: 'before' }, 'A connection cut before the vendor acted is told apart'],
  ['cut-after', { kind: 'cut', when: 'after' }, 'An answer lost on the way back does not make it twice'],
  ['hang-before', { kind: 'hang', when: 'before' }, 'A vendor that never answers and did nothing is told apart'],
  ['hang-after', { kind: 'hang', when: 'after' }, 'A vendor that acts and never answers does not make it twice'],
  ['truncated', { kind: 'truncated' }, 'An answer that breaks off does not make it twice'],
  ['foreign-page-before', { kind: 'foreign-page', when: 'before' }, "Somebody's sign-in page is not taken for success"],
  ['foreign-page-after', { kind: 'foreign-page', when: 'after' }, "Somebody's sign-in page does not make it twice"],
]

/** Did the vendor act? The verdict must agree with what the twin counted, whatever broke on the way. */
export function effectChecks<W extends World>(subject: Subject<W>): Check<W>[] {
  const match = { operation: subject.request }
  return [
    ...definite.map(
      ([name, fault, expected, title, link]): Check<W> => ({
        id: `${subject.name}.effect.${name}`,
        level: 'must',
        title,
        why: link,
        run: async (world) => {
          const input = await subject.input(world)
          world.twin.faults.always(fault, match)
          await refused(() => subject.run(world.provider, input), title, expected)
          same(await subject.effects(world), 0, `${subject.noun}s made at the vendor`)
        },
      }),
    ),
    {
      id: `${subject.name}.effect.retry-after`,
      level: 'should',
      title: 'After a rate limit, retryAfterMs is what the vendor asked for',
      why: why.retryAfter,
      run: async (world) => {
        const input = await subject.input(world)
        world.twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 90 }, match)
        const error = await refused(() => subject.run(world.provider, input), 'The call')
        same(error.retryAfterMs, 90_000, 'retryAfterMs')
      },
    },
    ...ambiguous.map(
      ([name, fault, title]): Check<W> => ({
        id: `${subject.name}.effect.${name}`,
        level: 'must',
        title,
        why: name.endsWith('before') ? why.lostAnswer : why.duplicate,
        run: async (world) => {
          const input = await subject.input(world)
          world.twin.faults.next(fault, match)
          await honest(subject, world, await outcome(() => subject.run(world.provider, input)))
        },
      }),
    ),
    {
      id: `${subject.name}.effect.blind`,
      level: 'must',
      title: 'When the look-up fails too, the outcome stays unknown until the vendor can be asked again',
      why: why.lostAnswer,
      run: async (world) => {
        const input = await subject.input(world)
        world.twin.faults.next({ kind: 'cut', when: 'after' }, match)
        world.twin.faults.always({ kind: 'error', status: 503, when: 'before' })
        await honest(subject, world, await outcome(() => subject.run(world.provider, input)))
      },
    },
    ...(subject.repeatable ? (['before', 'after'] as const).map((when) => equalCheck(subject, when)) : []),
  ]
}

/** Who looks for what a lost answer made must not find its elder twin. */
function equalCheck<W extends World>(subject: Subject<W>, when: 'before' | 'after'): Check<W> {
  const title = `A ${subject.noun} whose answer is lost is not mistaken for an equal one of a moment ago`
  return {
    id: `${subject.name}.effect.equal-${when}`,
    level: 'must',
    title: when === 'before' ? `${title} when the vendor did nothing` : title,
    why: why.lostAnswer,
    run: async (world) => {
      const input = await subject.input(world)
      const first = await subject.run(world.provider, input)
      world.twin.clock.advance(10_000)
      world.twin.faults.next({ kind: 'cut', when }, { operation: subject.request })
      await honest(subject, world, await outcome(() => subject.run(world.provider, input)), [first.id])
    },
  }
}
