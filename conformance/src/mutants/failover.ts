import { failover, type ProviderError, withOverrides } from '@do/provider'
import type { Message, SendInput, Sms } from '@do/sms'
import { pair } from '../kit/pair.ts'
import { memoryTwin } from '../reference/index.ts'
import type { ConformanceOptions } from '../run.ts'
import { type Mutant, provider } from './mutant.ts'

/** The vendor keeps nothing by which a lost message could be found. */
const opaque = {
  driver: (driver: any) => ({
    ...driver,
    find: {},
    descriptor: { ...driver.descriptor, operations: { send: { class: 'opaque' } } },
  }),
}

/** Two providers on two accounts, wrapped in some way. */
const overTwo =
  (wrap: (first: Sms, second: Sms) => Sms, change = {}) =>
  (): ConformanceOptions => {
    const first = memoryTwin()
    const second = memoryTwin({ clock: first.clock, seed: 2 })
    return {
      twin: pair(first, second),
      provider: (at) =>
        wrap(
          provider('sms', first.credentials, at, change),
          provider('sms', second.credentials, { ...at, fetch: second.fetch, name: `${at.name ?? 'memory'}-reserve` }, change),
        ),
    }
  }

/** What many a home-made wrapper does: the next provider on whatever error `moves` lets through. */
const naive =
  (moves: (error: ProviderError) => boolean) =>
  (first: Sms, second: Sms): Sms => {
    const both = failover([first, second])
    const send = async (input: SendInput, options: any): Promise<Message> => {
      try {
        return await first.send(input, options)
      } catch (error) {
        if (!moves(error as ProviderError)) throw error
        return second.send(input, options)
      }
    }
    return withOverrides(both, { send })
  }

const mutant = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  wrap: (first: Sms, second: Sms) => Sms,
  change = {},
): Mutant => ({
  id: `sms.failover/${id}`,
  interface: 'sms',
  wrong,
  caughtBy: caughtBy.map((check) => `sms.${check}`),
  options: overTwo(wrap, change),
  unbroken: overTwo((first, second) => failover([first, second]), change),
})

const lost = ['error-500-after', 'error-502-after', 'cut-after', 'hang-after', 'truncated', 'foreign-page-after'].map(
  (name) => `send.effect.${name}`,
)

/** Wrappers that are wrong, over two providers that are right. */
export const failoverMutants: readonly Mutant[] = [
  mutant(
    'moves-on-unknown',
    'Sends by the next provider when it does not know whether the first has sent.',
    lost,
    naive(({ effect }) => effect !== 'done'),
    opaque,
  ),
  mutant(
    'moves-on-timeout',
    'Sends by the next provider when the first is slow.',
    ['send.effect.hang-after'],
    naive(({ fault }) => fault === 'network'),
    opaque,
  ),
  mutant(
    'asks-the-next-person',
    'Sends by the next provider when the recipient has opted out.',
    ['opt-out.refused', 'opt-out.holds'],
    naive(({ fault }) => fault === 'recipient'),
  ),
  mutant(
    'moves-on-abort',
    'Sends by the next provider when the caller has given up.',
    ['send.abort.in-flight'],
    (first, second) => {
      const send = (input: SendInput, options: any) => first.send(input, options).catch(() => second.send(input))
      return withOverrides(failover([first, second]), { send })
    },
  ),
  mutant('forgets-who', 'Asks the first provider for things of the second.', ['send.effect.refused-once'], (first, second) => {
    const both = failover([first, second])
    return withOverrides(both, { get: first.get })
  }),
  mutant('lists-the-first', 'Lists what the first provider has.', ['list.after-outage'], (first, second) => {
    const both = failover([first, second])
    return withOverrides(both, { list: first.list })
  }),
  mutant(
    'both-at-once',
    'Sends by both providers at once, and takes the faster answer.',
    ['send.once', 'send.key.repeated'],
    (first, second) => {
      const send = (input: SendInput, options: any) => Promise.any([first.send(input, options), second.send(input, options)])
      return withOverrides(failover([first, second]), { send })
    },
  ),
  mutant(
    'key-of-its-own',
    'Gives each provider a key of its own at each call.',
    ['send.key.repeated', 'send.key.concurrent'],
    (first, second) => {
      const both = failover([first, second])
      const send = (input: SendInput, options: any) => both.send(input, { ...options, idempotencyKey: crypto.randomUUID() })
      return withOverrides(both, { send })
    },
  ),
  mutant('own-ids', 'Gives ids that begin with the wrapper’s name.', ['send.handle.reads-back'], (first, second) => {
    const both = failover([first, second])
    const send = async (input: SendInput, options: any) => {
      const message = await both.send(input, options)
      return { ...message, id: message.id.replace(/^[^:]+/, 'failover') }
    }
    return withOverrides(both, { send })
  }),
  mutant('first-webhooks-only', 'Knows the webhooks of nobody.', ['webhook.signed', 'event.delivered'], (first, second) =>
    withOverrides(failover([first, second]), { receive: () => Promise.reject(new Error('Not mine')) }),
  ),
]
