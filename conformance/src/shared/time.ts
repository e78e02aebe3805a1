import { holds, outcome, refused, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { why } from '../why.ts'
import { honest } from './settle.ts'
import type { Subject } from './subject.ts'

/** Callers give up and run out of time; both must be heard at once, down to the request. */
export function timeChecks<W extends World>(subject: Subject<W>): Check<W>[] {
  const match = { operation: subject.request }
  const check = (name: string, title: string, run: Check<W>['run']): Check<W> => ({
    id: `${subject.name}.${name}`,
    level: 'must',
    title,
    why: why.abort,
    run,
  })
  return [
    check('abort.before', 'A call that was given up before it began sends nothing', async (world) => {
      const input = await subject.input(world)
      const before = world.requests().length
      const error = await refused(() => subject.run(world.provider, input, { signal: AbortSignal.abort() }), 'The aborted call', {
        fault: 'cancelled',
      })
      same(error.code, 'cancelled', 'Code')
      same(world.requests().length - before, 0, 'Requests sent')
    }),
    check(
      'abort.in-flight',
      'A call that is given up on the way is reported as unknown, and is not tried elsewhere',
      async (world) => {
        const input = await subject.input(world)
        const giveUp = new AbortController()
        let seen: AbortSignal | undefined
        const late = await world.another({
          fetch: async (to, init) => {
            const method = init?.method ?? (to instanceof Request ? to.method : 'GET')
            const response = await world.at.fetch(to, init)
            if (method === 'GET') return response
            seen = init?.signal ?? (to instanceof Request ? to.signal : undefined)
            giveUp.abort()
            // The answer never arrives; only the signal ends the wait.
            return new Promise<Response>((_, reject) => {
              if (seen?.aborted) reject(seen.reason)
              else seen?.addEventListener('abort', () => reject(seen?.reason), { once: true })
            })
          },
        })
        const result = await outcome(() => subject.run(late, input, { signal: giveUp.signal }))
        if (!result.ok) {
          same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
          same(result.error.fault, 'cancelled', 'Fault')
        }
        holds(seen?.aborted, "The vendor's request was not aborted: pass the signal on to it.")
        same(await subject.effects(world), 1, `${subject.noun}s made at the vendor`)
      },
    ),
    check('deadline.kept', 'A call ends at its deadline, whatever the vendor does', async (world) => {
      const input = await subject.input(world)
      world.twin.faults.always({ kind: 'hang', when: 'before' }, match)
      const started = world.twin.clock.now()
      const result = await outcome(() => subject.run(world.provider, input, { deadline: 4_000 }))
      const took = world.twin.clock.now() - started
      holds(!result.ok, 'The vendor never answered, but the call succeeded.')
      holds(took <= 6_000, `The deadline was 4 s; the call ended after ${took / 1000} s.`)
      holds(
        ['timeout', 'outcome_unknown', 'no_provider_left'].includes(result.error.code),
        `The code must tell of the time-out, but is "${result.error.code}".`,
      )
      await honest(subject, world, result)
    }),
    check('slow', 'A slow answer within the deadline is an answer', async (world) => {
      const input = await subject.input(world)
      world.twin.faults.next({ kind: 'slow', ms: 3_000 }, match)
      await honest(subject, world, { ok: true, value: await subject.run(world.provider, input, { deadline: 20_000 }) })
    }),
  ]
}
