import type { Llm } from '@do/llm'
import type { ProviderError, Trail } from '@do/provider'
import { holds, outcome, refused, same } from '../assert.ts'
import type { LlmRefusal } from '../llm-twin.ts'
import { everythingIn, secretsOf } from '../shared/errors.ts'
import type { TwinFault } from '../twin.ts'
import { why } from '../why.ts'
import { type Answer, bothWays, type LlmCheck, type LlmWorld } from './world.ts'

const ways = bothWays(why.statuses)
const once = bothWays(why.retries)
const logs = bothWays(why.logging)

const refusals: readonly (readonly [LlmRefusal, fault: string, title: string])[] = [
  ['context_length', 'caller', 'A conversation that is too long for the model is called that'],
  ['content_filter', 'policy', "A request that the vendor's filter refuses is called that"],
  ['model_not_found', 'caller', 'A model that is not there (any more) is called that'],
  ['insufficient_quota', 'quota', 'An account without credit is called that, and not a rate limit'],
  ['overloaded', 'provider', 'A vendor that has too much to do is called that'],
  ['invalid_schema', 'caller', 'A schema that the vendor cannot work with is called that'],
]

interface Broken {
  readonly name: string
  readonly fault: TwinFault
  readonly code: string | readonly string[]
  readonly whose: string | readonly string[]
}

const faults: readonly Broken[] = [
  { name: 'refused', fault: { kind: 'refuse' }, code: 'unreachable', whose: 'network' },
  { name: 'cut', fault: { kind: 'cut', when: 'before' }, code: 'connection_lost', whose: 'network' },
  { name: 'hang', fault: { kind: 'hang', when: 'before' }, code: ['timeout', 'connect_timeout'], whose: 'network' },
  {
    name: 'error-500',
    fault: { kind: 'error', status: 500, when: 'before' },
    code: ['vendor_error', 'overloaded'],
    whose: 'provider',
  },
  {
    name: 'error-503',
    fault: { kind: 'error', status: 503, when: 'before' },
    code: ['vendor_error', 'overloaded'],
    whose: 'provider',
  },
  { name: 'wrong-key', fault: { kind: 'unauthorized' }, code: 'unauthorized', whose: 'credential' },
  { name: 'invalid', fault: { kind: 'invalid' }, code: ['invalid_input', 'invalid_schema'], whose: 'caller' },
  {
    name: 'foreign-page',
    fault: { kind: 'foreign-page', when: 'before' },
    code: ['unreadable_answer', 'stream_truncated', 'stream_broken'],
    whose: ['provider', 'network'],
  },
  {
    name: 'truncated',
    fault: { kind: 'truncated' },
    code: ['unreadable_answer', 'stream_truncated', 'stream_broken', 'stream_interrupted'],
    whose: ['provider', 'network'],
  },
]

const secretQuestion = 'What happens on the 4th at the Hotel Adlon?'

/** The errors of a call under each fault and refusal, one after the other. */
async function errorsOf(world: LlmWorld, on: (provider: Llm) => Answer): Promise<ProviderError[]> {
  const errors: ProviderError[] = []
  const ask = async () => {
    const answer = on(await world.another())
    const result = await outcome(() => answer({ messages: [{ role: 'user', content: secretQuestion }] }))
    if (!result.ok) errors.push(result.error)
  }
  for (const [refusal] of refusals) {
    world.twin.refuseNext(refusal)
    world.twin.refuseNext(refusal)
    await ask()
  }
  for (const { fault } of [...faults, { fault: { kind: 'rate-limit' } as const }]) {
    world.twin.faults.clear()
    world.twin.faults.always(fault)
    await ask()
  }
  holds(errors.length >= 10, `Only ${errors.length} of 16 faults were errors.`)
  return errors
}

/** What goes wrong before there is an answer. */
export const failing: readonly LlmCheck[] = [
  ...refusals.flatMap(([refusal, fault, title]) =>
    ways(`refused-${refusal.replace('_', '-').replace('_', '-')}`, title, async (world, answer) => {
      // Whoever asks again is refused again.
      world.twin.refuseNext(refusal)
      world.twin.refuseNext(refusal)
      const error = await refused(() => answer(), 'The request', { code: refusal, fault })
      same(world.twin.generated().length, 0, 'Answers made')
      holds(error.status === undefined || error.status >= 400 || fault === 'policy', `The status is ${error.status}.`)
    }),
  ),
  ...faults.flatMap(({ name, fault, code, whose }) =>
    ways(`fault-${name}`, `A vendor that fails is never an answer: ${name}`, async (world, answer) => {
      world.twin.faults.always(fault)
      await failed(() => answer(), code, whose)
    }),
  ),
  ...ways('rate-limit', 'A rate limit says how long to wait', async (world, answer) => {
    world.twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 90 })
    const error = await refused(() => answer(), 'The request', { code: 'rate_limited', fault: 'quota' })
    same(error.retryAfterMs, 90_000, 'retryAfterMs')
  }),
  ...ways('hiccup', 'A passing fault is got over, and the answer is whole', async (world, answer) => {
    world.twin.faults.next({ kind: 'error', status: 503, when: 'before' })
    world.twin.say({ text: 'Paris.' })
    same((await answer()).text, 'Paris.', 'The text')
    same(world.requests().length, 2, 'Requests')
  }),
  ...[...faults, { name: 'rate-limit', fault: { kind: 'rate-limit', retryAfterSeconds: 90 } as const }]
    .filter(({ name }) => name !== 'refused')
    .flatMap(({ name, fault }) =>
      once(`one-request-${name}`, `One attempt is one request: ${name}`, async (world, answer) => {
        world.twin.faults.always(fault)
        let trail: Trail = []
        const onTrail = (told: Trail) => {
          trail = told
        }
        const result = await outcome(() => answer({}, { onTrail }))
        holds(!result.ok, 'The vendor failed, but the call succeeded.')
        const sent = world.requests().length
        const attempts = trail.filter(({ action }) => action === 'attempt').length
        holds(sent > 0, 'No request reached the twin, so nothing was tried.')
        same(sent, attempts, `Requests in ${attempts} attempt(s). Switch off the retries of the SDK`)
        holds(attempts <= 4, `${attempts} attempts.`)
      }),
    ),
  ...once('one-request-answer', 'One answer is one request', async (world, answer) => {
    await answer()
    same([world.requests().length, world.twin.generated().length], [1, 1], 'Requests, and answers made')
  }),
  ...logs('error-no-secret', 'No error holds a key, wherever one looks', async (world, _, on) => {
    const errors = await errorsOf(world, on)
    for (const secret of secretsOf(world)) {
      for (const error of errors) holds(!everythingIn(error).includes(secret), `The error "${error.code}" holds a credential.`)
    }
  }),
  ...logs('error-no-content', 'No error holds what was asked', async (world, _, on) => {
    for (const error of await errorsOf(world, on)) {
      holds(!everythingIn(error).includes('Adlon'), `The error "${error.code}" quotes the question.`)
    }
  }),
  ...logs(
    'error-says-where',
    'Every error says which provider, which operation and what to do, also as JSON',
    async (world, _, on) => {
      for (const error of await errorsOf(world, on)) {
        const json = JSON.parse(JSON.stringify(error))
        holds(
          /^llm\.(generate|stream)$/.test(json.operation),
          `The JSON of "${error.code}" names the operation "${json.operation}".`,
        )
        holds(json.provider !== undefined || error.code === 'no_provider_left', `The JSON of "${error.code}" has no provider.`)
        holds(/^[a-z][a-z0-9_]*$/.test(error.code), `The code "${error.code}" is not snake_case.`)
        for (const name of ['effect', 'fault', 'code', 'message'])
          holds(json[name], `The JSON of "${error.code}" has no ${name}.`)
        holds(Array.isArray(error.trail) && error.trail.length > 0, `"${error.code}" has no trail of what was tried.`)
      }
    },
  ),
]

/** Whatever was tried failed in one of these ways, and nothing of it is passed off as an answer. */
async function failed(call: () => Promise<unknown>, codes: string | readonly string[], faults: string | readonly string[]) {
  const result = await outcome(call)
  holds(!result.ok, 'The vendor failed, but the call succeeded.')
  const { error } = result
  const among = (given: string | undefined, list: string | readonly string[]) => [list].flat().includes(given ?? '')
  holds(
    error.code === 'no_provider_left' || among(error.code, codes),
    `The code is "${error.code}"; expected ${[codes].flat().join(' or ')}.`,
  )
  const tried = error.trail.filter(({ action }) => action === 'attempt')
  holds(tried.length > 0, 'The trail names no attempt.')
  for (const { code, fault } of tried) {
    if (error.code === 'stream_interrupted' && code === undefined) continue
    holds(among(code, codes) && among(fault, faults), `An attempt ended in "${code}" (fault ${fault}).`)
  }
  if (error.code !== 'stream_interrupted') same(error.effect, 'none', 'Effect')
}
