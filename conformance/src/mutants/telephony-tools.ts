import { ProviderError } from '@do/provider'
import type { memoryTelephonyDriver } from '../reference/index.ts'
import { type Change, changed, type Mutant, onTheWay, onTheWayBack, things } from './mutant.ts'

export type Driver = ReturnType<typeof memoryTelephonyDriver>
export type Group = Record<string, any>

export const mutant = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: Change<'telephony'>,
  unbroken?: Change<'telephony'>,
): Mutant => ({
  id: `telephony.${id}`,
  interface: 'telephony',
  wrong,
  caughtBy: caughtBy.map((check) => `telephony.${check}`),
  options: changed('telephony', change),
  ...(unbroken === undefined ? {} : { unbroken: changed('telephony', unbroken) }),
})

/** Leaves a parameter out of a search or list. */
export const unfiltered = (path: string, wire: string, check: string) =>
  mutant(`${path}/forgets-${wire}`, `Does not pass the filter "${wire}" on.`, [check], {
    at: onTheWay((_, url, method) => {
      if (method === 'GET' && url.pathname.endsWith(path)) url.searchParams.delete(wire)
    }),
  })

export const misread = (id: string, wrong: string, caughtBy: readonly string[], change: (thing: Record<string, any>) => void) =>
  mutant(id, wrong, caughtBy, { at: onTheWayBack((body) => things(body).forEach(change)) })

export const retold = (id: string, wrong: string, caughtBy: readonly string[], change: (event: any) => any) =>
  mutant(`event/${id}`, wrong, caughtBy, {
    driver: (driver: Driver) => ({
      ...driver,
      webhooks: {
        ...driver.webhooks,
        receive: async (request, context) => (await driver.webhooks.receive(request, context)).map(change),
      },
    }),
  })

export const replaced = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  group: 'calls' | 'numbers',
  members: (own: Group, at: any, provider: any) => Group,
) =>
  mutant(id, wrong, caughtBy, {
    provider: (provider, at) => ({ [group]: { ...provider[group], ...members(provider[group], at, provider) } }),
  })

/** Sends a request as the adapter would, and takes a lost answer for "nothing happened". */
export const lostIsNone =
  (operation: string, path: (id: string) => string, method: string, body?: object) => (own: Group, at: any, provider: any) => ({
    [operation]: async (given: any) => {
      const id = typeof given === 'string' ? given : given.id
      const headers = { authorization: 'Bearer key-for-tests-only', 'content-type': 'application/json' }
      try {
        await at.fetch(`${at.baseUrl}/v1${path(id.split(':')[1])}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      } catch {
        throw new ProviderError({
          effect: 'none',
          fault: 'network',
          code: 'connection_lost',
          message: 'Lost.',
          provider: provider.name,
        })
      }
      return own[operation](given)
    },
  })
