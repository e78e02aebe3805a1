import type { ProviderError } from '@do/provider'
import { holds, outcome, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import type { TwinFault } from '../twin.ts'
import { why } from '../why.ts'
import type { Subject } from './subject.ts'

const faults: readonly TwinFault[] = [
  { kind: 'refuse' },
  { kind: 'cut', when: 'before' },
  { kind: 'rate-limit' },
  { kind: 'unauthorized' },
  { kind: 'invalid' },
  { kind: 'error', status: 500, when: 'before' },
  { kind: 'foreign-page', when: 'before' },
  { kind: 'hang', when: 'before' },
]

/** The errors of a call under each fault, one after the other. `opaque` operations may stay unknown: an error all the same. */
async function errorsOf<W extends World>(subject: Subject<W>, world: W): Promise<ProviderError[]> {
  const input = await subject.input(world)
  const errors: ProviderError[] = []
  for (const fault of faults) {
    const provider = await world.another()
    world.twin.faults.clear()
    world.twin.faults.always(fault, { operation: subject.request })
    const result = await outcome(() => subject.run(provider, input))
    holds(!result.ok, `The vendor answered with the fault "${fault.kind}", but the call succeeded.`)
    errors.push(result.error)
  }
  return errors
}

/** Errors are logged, sent to error trackers and shown to people. */
export function errorChecks<W extends World>(subject: Subject<W>): Check<W>[] {
  return [
    {
      id: `${subject.name}.error.says-where`,
      level: 'must',
      title: 'Every error says which provider, which operation and what to do, also as JSON',
      why: why.clear,
      run: async (world) => {
        for (const error of await errorsOf(subject, world)) {
          const json = JSON.parse(JSON.stringify(error))
          same(json.operation, subject.name, `Operation in the JSON of "${error.code}"`)
          holds(json.provider !== undefined || error.code === 'no_provider_left', `The JSON of "${error.code}" has no provider.`)
          holds(/^[a-z][a-z0-9_]*$/.test(error.code), `The code "${error.code}" is not snake_case.`)
          for (const name of ['effect', 'fault', 'code', 'message'])
            holds(json[name], `The JSON of "${error.code}" has no ${name}.`)
          holds(Array.isArray(error.trail) && error.trail.length > 0, `"${error.code}" has no trail of what was tried.`)
        }
      },
    },
    {
      id: `${subject.name}.error.no-secret`,
      level: 'must',
      title: 'No error holds a key or a password, wherever one looks',
      why: why.logging,
      run: async (world) => {
        const errors = await errorsOf(subject, world)
        for (const secret of secretsOf(world)) {
          for (const error of errors) {
            holds(
              !everythingIn(error).includes(secret),
              `The error "${error.code}" holds a credential (${secret.length} characters of it).`,
            )
          }
        }
      },
    },
    ...(subject.privateText === undefined ? [] : [privacyCheck(subject, subject.privateText)]),
  ]
}

function privacyCheck<W extends World>(subject: Subject<W>, text: string): Check<W> {
  return {
    id: `${subject.name}.error.no-content`,
    level: 'must',
    title: `No error holds what the ${subject.noun} says`,
    why: why.logging,
    run: async (world) => {
      for (const error of await errorsOf(subject, world)) {
        holds(!everythingIn(error).includes(text), `The error "${error.code}" quotes the ${subject.noun}'s text.`)
      }
    },
  }
}

/** What the twin names as secret, and whatever went out in headers that authenticate. */
export function secretsOf(world: World): readonly string[] {
  const secrets = new Set(world.twin.secrets ?? [])
  for (const { headers } of world.requests()) {
    for (const [name, value] of Object.entries(headers)) {
      if (!/^(authorization|.*(api-?key|token|secret))$/i.test(name) || name === 'idempotency-key') continue
      const credential = value.replace(/^\w+ /, '')
      secrets.add(credential)
      if (/^basic /i.test(value)) secrets.add(atob(credential).split(':').slice(1).join(':'))
    }
  }
  return [...secrets].filter((secret) => secret.length >= 6)
}

/** Everything that a log, an inspector or a debugger can get out of an error: own properties, prototypes, causes, stacks. */
export function everythingIn(error: unknown): string {
  const seen = new Set<unknown>()
  const parts: string[] = []
  const walk = (value: unknown, depth: number) => {
    if (typeof value === 'string') parts.push(value)
    if (typeof value !== 'object' || value === null || seen.has(value) || depth > 8) return
    seen.add(value)
    parts.push(String(value))
    if (value instanceof Headers || value instanceof Map) for (const [name, inner] of value) walk([name, inner], depth + 1)
    for (const name of Reflect.ownKeys(value)) walk((value as Record<PropertyKey, unknown>)[name], depth + 1)
  }
  walk(error, 0)
  parts.push(JSON.stringify(error) ?? '')
  return parts.join('\n')
}
