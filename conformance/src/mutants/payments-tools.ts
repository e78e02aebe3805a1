import type { memoryPaymentsDriver } from '../reference/index.ts'
import { type Change, changed, type Mutant, onTheWay, onTheWayBack, things } from './mutant.ts'

export type Driver = ReturnType<typeof memoryPaymentsDriver>
export type Group = Record<string, any>

export const mutant = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: Change<'payments'>,
  unbroken?: Change<'payments'>,
): Mutant => ({
  id: `payments.${id}`,
  interface: 'payments',
  wrong,
  caughtBy: caughtBy.map((check) => `payments.${check}`),
  options: changed('payments', change),
  ...(unbroken === undefined ? {} : { unbroken: changed('payments', unbroken) }),
})

/** Changes what goes to the vendor: `POST /refunds`, with any id for `:id`. */
export const miswritten = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  route: string,
  change: (body: Group) => void,
): Mutant => {
  const [verb, path = ''] = route.split(' ')
  const pattern = new RegExp(`/v1${path.replaceAll(':id', '[^/]+')}$`)
  return mutant(id, wrong, caughtBy, {
    at: onTheWay((body, url, method) => {
      if (method === verb && pattern.test(url.pathname)) change(body)
    }),
  })
}

/** Leaves a parameter out of a list. */
export const unfiltered = (path: string, parameter: string, check: string): Mutant =>
  mutant(`${path.slice(1)}/forgets-${parameter}`, `Does not pass the filter "${parameter}" on.`, [check], {
    at: onTheWay((_, url, method) => {
      if (method === 'GET' && url.pathname === `/v1${path}`) url.searchParams.delete(parameter)
    }),
  })

/** Misunderstands things of one kind (`pay`, `re`, `sub`), alone and in lists. */
export const misread = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  kind: string,
  change: (thing: Group) => void,
): Mutant =>
  mutant(id, wrong, caughtBy, {
    at: onTheWayBack((body) => {
      for (const thing of things(body)) if (String(thing.id).startsWith(`${kind}_`)) change(thing)
    }),
  })

/** Takes one status for another. */
export const mistaken = (kind: string, from: string, to: string, caughtBy: readonly string[]): Mutant =>
  misread(`${kind}/${from}-is-${to}`, `Takes "${from}" for "${to}".`, caughtBy, kind, (thing) => {
    if (thing.status === from) thing.status = to
  })

export const replaced = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  group: string,
  members: (own: Group, provider: any, at: any) => Group,
): Mutant =>
  mutant(id, wrong, caughtBy, {
    provider: (provider, at) => {
      const own = Reflect.get(provider, group) as Group
      return { [group]: { ...own, ...members(own, provider, at) } }
    },
  })

/** Maps the events of each webhook; `undefined` leaves one out. */
export const retold = (id: string, wrong: string, caughtBy: readonly string[], change: (event: any) => any): Mutant =>
  mutant(`event/${id}`, wrong, caughtBy, {
    driver: (driver: Driver) => ({
      ...driver,
      webhooks: {
        ...driver.webhooks,
        receive: async (request, context) =>
          (await driver.webhooks.receive(request, context)).map(change).filter((event) => event !== undefined),
      },
    }),
  })

/** Says that it is done, and only reads the thing. */
export const doesNothing = (group: string, method: string, caughtBy: readonly string[], says: Group = {}): Mutant =>
  replaced(`${group}/${method}-does-nothing`, `Answers ${group}.${method} without doing it.`, caughtBy, group, (own) => ({
    [method]: async (given: any) => ({ ...(await own.get(typeof given === 'string' ? given : given.id)), ...says }),
  }))
