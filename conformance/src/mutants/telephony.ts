import { formatHandle, ProviderError } from '@do/provider'
import type { FlowStep } from '@do/telephony'
import type { memoryTelephonyDriver } from '../reference/index.ts'
import { type Change, changed, type Mutant, onTheWay, onTheWayBack, things } from './mutant.ts'

type Driver = ReturnType<typeof memoryTelephonyDriver>
type Group = Record<string, any>

const mutant = (
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
const unfiltered = (path: string, wire: string, check: string) =>
  mutant(`${path}/forgets-${wire}`, `Does not pass the filter "${wire}" on.`, [check], {
    at: onTheWay((_, url, method) => {
      if (method === 'GET' && url.pathname.endsWith(path)) url.searchParams.delete(wire)
    }),
  })

/** Changes each step of a flow on its way out. */
const played = (id: string, wrong: string, caughtBy: readonly string[], change: (step: any) => any) =>
  mutant(
    `flow/${id}`,
    wrong,
    caughtBy.map((check) => `flow.${check}`),
    {
      at: onTheWay((body) => {
        if (body.flow !== undefined) body.flow.steps = body.flow.steps.flatMap(change)
      }),
      driver: (driver: Driver) => ({
        ...driver,
        operations: {
          ...driver.operations,
          respond: async (input: any, context: any) => {
            const flow = input.flow === undefined ? {} : { flow: { steps: input.flow.steps.flatMap(change) as FlowStep[] } }
            return (driver.operations as Group).respond({ ...input, ...flow }, context)
          },
        },
      }),
    },
  )

const misread = (id: string, wrong: string, caughtBy: readonly string[], change: (thing: Record<string, any>) => void) =>
  mutant(id, wrong, caughtBy, { at: onTheWayBack((body) => things(body).forEach(change)) })

const retold = (id: string, wrong: string, caughtBy: readonly string[], change: (event: any) => any) =>
  mutant(`event/${id}`, wrong, caughtBy, {
    driver: (driver: Driver) => ({
      ...driver,
      webhooks: {
        ...driver.webhooks,
        receive: async (request, context) => (await driver.webhooks.receive(request, context)).map(change),
      },
    }),
  })

const replaced = (
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
const lostIsNone =
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

const withoutPlay: Change<'telephony'> = {
  driver: (driver: Driver) => ({
    ...driver,
    descriptor: {
      ...driver.descriptor,
      capabilities: { ...driver.descriptor.capabilities, 'flow.play': 'The vendor plays nothing.' },
    },
  }),
}

const invalidCalls = ['to', 'from', 'flow', 'timeout', 'country', 'area-code', 'buy', 'call-url'].map((name) => `invalid.${name}`)

export const telephonyMutants: readonly Mutant[] = [
  // Numbers
  misread('numbers/national', 'Shows numbers in their national form.', ['numbers.search.found'], (thing) => {
    if (thing.country !== undefined) thing.country = 'USA'
  }),
  replaced(
    'numbers/search-buys',
    'Reserves, and pays for, what it shows.',
    ['numbers.search.found'],
    'numbers',
    ({ search, buy }) => ({
      search: (...given: unknown[]) => {
        const items = search(...given)
        return {
          ...items,
          async *[Symbol.asyncIterator]() {
            for await (const item of items) {
              await buy({ id: item.id })
              yield item
            }
          },
        }
      },
    }),
  ),
  unfiltered('/available-numbers', 'area_code', 'numbers.search.area-code'),
  unfiltered('/available-numbers', 'contains', 'numbers.search.contains'),
  unfiltered('/available-numbers', 'features', 'numbers.search.features'),
  unfiltered('/available-numbers', 'limit', 'numbers.search.limit'),
  unfiltered('/available-numbers', 'type', 'numbers.search.toll-free'),
  mutant('numbers/near-enough', 'Shows other numbers when none fits.', ['numbers.search.nothing'], {
    at: onTheWay((_, url) => {
      if (url.searchParams.get('contains') === '00000000') url.searchParams.delete('contains')
    }),
  }),
  replaced(
    'numbers/reads-ahead',
    'Reads the whole catalogue before it shows anything.',
    ['numbers.search.stops'],
    'numbers',
    ({ search }) => ({
      search: (...given: unknown[]) => {
        const items = search(...given)
        return {
          ...items,
          async *[Symbol.asyncIterator]() {
            const all: unknown[] = []
            for await (const item of items) all.push(item)
            yield* all
          },
        }
      },
    }),
  ),
  mutant('numbers/another', 'Buys another number when the wanted one is sold.', ['numbers.buy.sold', 'numbers.buy.once'], {
    at: (at) =>
      onTheWay((body, url, method) => {
        if (method === 'POST' && url.pathname.endsWith('/numbers'))
          body.number = at.clock.now() % 2 === 0 ? '+18005554003' : body.number
      })(at),
    provider: (provider) => ({
      numbers: {
        ...provider.numbers,
        buy: async (input: any, options: any) => {
          try {
            return await provider.numbers.buy(input, options)
          } catch {
            const [other] = (await provider.numbers.search({ country: 'US' }).page()).items
            return provider.numbers.buy({ ...input, id: other?.id ?? input.id }, options)
          }
        },
      },
    }),
  }),
  mutant(
    'numbers/no-settings',
    'Buys numbers without their settings.',
    ['numbers.buy.settings', 'numbers.list.bought', 'numbers.configure.changes'],
    {
      at: onTheWay((body, url) => {
        if (url.pathname.endsWith('/numbers')) for (const name of ['label', 'call_url', 'message_url']) delete body[name]
      }),
    },
  ),
  replaced(
    'numbers/any-offer',
    'Buys by the number alone, whoever offered it.',
    ['numbers.buy.foreign'],
    'numbers',
    ({ buy }, _, { name }) => ({
      buy: (input: any, options: any) => buy({ ...input, id: formatHandle(name, input.id.split(':')[1]) }, options),
    }),
  ),
  replaced(
    'numbers/forgets-features',
    'Does not say what an owned number can do.',
    ['numbers.get.same'],
    'numbers',
    ({ get }) => ({
      get: async (id: any, options: any) => ({ ...(await get(id, options)), features: [] }),
    }),
  ),
  unfiltered('/numbers', 'contains', 'numbers.list.contains'),
  mutant('numbers/puts-all', 'Clears the settings that it is not given.', ['numbers.configure.changes'], {
    at: onTheWay((body, _, method) => {
      if (method === 'PATCH') for (const name of ['label', 'call_url', 'message_url']) body[name] ??= ''
    }),
  }),
  replaced(
    'numbers/configures-nothing',
    'Answers with the wanted settings, and sends nothing.',
    ['numbers.configure.changes', 'numbers.configure.twice', 'numbers.configure.lost-answer'],
    'numbers',
    ({ get }) => ({
      configure: async (input: any) => ({ ...(await get(input.id)), ...input }),
    }),
  ),
  replaced(
    'numbers/lost-configuration',
    'Says that nothing was configured when the answer is lost.',
    ['numbers.configure.lost-answer'],
    'numbers',
    lostIsNone('configure', (id) => `/numbers/${id}`, 'PATCH', { label: 'Back office' }),
  ),
  replaced(
    'numbers/keeps',
    'Says released, and keeps paying.',
    ['numbers.release.gone', 'numbers.release.lost-answer'],
    'numbers',
    () => ({
      release: async (id: string) => ({ id, released: true }),
    }),
  ),
  mutant('numbers/release-once', 'Fails when the number is already gone.', ['numbers.release.twice'], {
    driver: (driver: Driver) => {
      const { numbers } = driver.operations as { numbers: Group }
      return {
        ...driver,
        operations: {
          ...driver.operations,
          numbers: {
            ...numbers,
            release: async (id: string, context: any) => (await numbers.get(id, context), numbers.release(id, context)),
          },
        },
      } as Driver
    },
  }),
  replaced(
    'numbers/lost-release',
    'Says that nothing was released when the answer is lost.',
    ['numbers.release.lost-answer'],
    'numbers',
    lostIsNone('release', (id) => `/numbers/${id}`, 'DELETE'),
  ),

  // Calls
  replaced('calls/twice', 'Calls twice.', ['calls.make.once', 'calls.make.two'], 'calls', ({ make }) => ({
    make: async (input: any, options: any) => (await make(input), make(input, options)),
  })),
  replaced('calls/same-is-once', 'Takes two equal calls for one.', ['calls.make.two'], 'calls', ({ make }) => {
    let first: Promise<unknown> | undefined
    return { make: (input: any, options: any) => (first ??= make(input, options)) }
  }),
  mutant(
    'calls/ignores-callers',
    'Does not know the configured numbers.',
    ['calls.make.default-caller', 'calls.make.foreign-caller'],
    {
      at: ({ senders: _, ...at }) => at,
    },
  ),
  misread('calls/inbound', 'Takes every call for an inbound one.', ['calls.make.once', 'calls.get.same'], (thing) => {
    if (thing.direction !== undefined) thing.direction = 'inbound'
  }),
  misread('calls/outbound', 'Takes every call for an outbound one.', ['flow.incoming'], (thing) => {
    if (thing.direction !== undefined) thing.direction = 'outbound'
  }),
  mutant('calls/not-recorded', 'Does not record what should be.', ['calls.make.record'], {
    at: onTheWay((body) => void delete body.record),
  }),
  retold('ringing-for-ever', 'Takes "in progress" for "ringing".', ['calls.status.in-progress'], (event) =>
    event.status === 'in-progress' ? { ...event, status: 'ringing' } : event,
  ),
  ...['busy', 'no-answer', 'failed', 'completed'].map((status) =>
    retold(`not-${status}`, `Takes "${status}" for "canceled".`, [`calls.status.${status}`], (event) =>
      event.status === status ? { ...event, status: 'canceled' } : event,
    ),
  ),
  misread(
    'calls/alive',
    'Takes ended calls for live ones.',
    ['calls.status.late', 'calls.status.completed', 'calls.end.live'],
    (thing) => {
      if (thing.status === 'completed' && thing.direction !== undefined) thing.status = 'in-progress'
    },
  ),
  replaced(
    'calls/update-pretends',
    'Says changed, and changes nothing.',
    ['calls.update.heard', 'calls.update.ended'],
    'calls',
    ({ get }) => ({
      update: ({ id }: any) => get(id),
    }),
  ),
  replaced(
    'calls/end-pretends',
    'Says ended, and lets the call go on.',
    ['calls.end.live', 'calls.end.ringing', 'calls.end.twice', 'calls.end.lost-answer'],
    'calls',
    ({ get }) => ({
      end: (id: any) => get(id),
    }),
  ),
  replaced('calls/end-once', 'Fails when the call has already ended.', ['calls.end.twice'], 'calls', ({ end, get }) => ({
    end: async (id: any) => {
      if ((await get(id)).status === 'completed')
        throw new ProviderError({ effect: 'none', fault: 'caller', code: 'call_ended', message: 'Ended.' })
      return end(id)
    },
  })),
  replaced(
    'calls/lost-end',
    'Says that the call goes on when the answer is lost.',
    ['calls.end.lost-answer'],
    'calls',
    lostIsNone('end', (id) => `/calls/${id}/end`, 'POST'),
  ),
  replaced(
    'calls/record-pretends',
    'Says that it records, and does not.',
    ['calls.record.live', 'calls.record.ended'],
    'calls',
    () => ({
      record: async ({ id }: any) => ({ id, call: id, status: 'in-progress' }),
    }),
  ),
  mutant('calls/all-recordings', 'Gives the same recording with every call.', ['calls.recordings.none'], {
    at: onTheWayBack((body, url) => {
      if (url.pathname.endsWith('/recordings') && body.items?.length === 0) {
        body.items.push({
          id: 'rec_00000000deadbeef',
          call: url.pathname.split('/')[3],
          status: 'completed',
          url: 'https://x.example',
          created_at: '2026-01-01T00:00:00.000Z',
        })
      }
    }),
  }),
  mutant('calls/oldest-first', 'Lists the oldest call first.', ['calls.list.newest-first', 'calls.list.to'], {
    at: onTheWayBack((body, url) => {
      if (url.pathname.endsWith('/calls')) body.items?.reverse()
    }),
  }),
  ...['to', 'status', 'since'].map((name) => unfiltered('/calls', name, `calls.list.${name}`)),
  replaced(
    'calls/no-price',
    'Leaves out what a call cost, and declares that it says so.',
    ['calls.price'],
    'calls',
    ({ get }) => ({
      get: async (id: any, options: any) => ({ ...(await get(id, options)), price: undefined }),
    }),
  ),
  mutant(
    'calls/detects-undeclared',
    'Tells people from machines, and says that it cannot.',
    ['calls.make.machine-detection'],
    {
      provider: (provider) => ({ supports: (name: string) => name !== 'machine-detection' && provider.supports(name) }),
      driver: detecting,
    },
    { driver: detecting },
  ),

  // Flows
  played('escapes', 'Escapes text as if it were XML, twice.', ['say'], (step) =>
    step.verb === 'say' ? { ...step, text: step.text.replaceAll('&', '&amp;') } : step,
  ),
  played('drops-play', 'Plays nothing.', ['play', 'order'], (step) => (step.verb === 'play' ? [] : step)),
  played('dials-national', 'Dials without the plus sign.', ['dial'], (step) =>
    step.verb === 'dial' ? { ...step, to: step.to.slice(1) } : step,
  ),
  played('one-conference', 'Puts everybody into one conference.', ['conference'], (step) =>
    step.verb === 'conference' ? { ...step, name: 'default' } : step,
  ),
  played('drops-pause', 'Makes no pauses.', ['order', 'pause'], (step) => (step.verb === 'pause' ? [] : step)),
  played('short-pause', 'Pauses for a second, whatever it is told.', ['pause'], (step) =>
    step.verb === 'pause' ? { ...step, seconds: 1 } : step,
  ),
  played('drops-redirect', 'Does not hand calls over.', ['redirect'], (step) => (step.verb === 'redirect' ? [] : step)),
  played('never-hangs-up', 'Leaves the line open.', ['hangup'], (step) => (step.verb === 'hangup' ? [] : step)),
  played('drops-record', 'Records nobody.', ['record'], (step) => (step.verb === 'record' ? [] : step)),
  played('accepts-all', 'Answers calls that should be refused.', ['reject'], (step) =>
    step.verb === 'reject' ? { verb: 'say', text: 'Sorry.' } : step,
  ),
  played('silent-gather', 'Waits for keys without saying so.', ['gather'], (step) =>
    step.verb === 'gather' ? { ...step, prompt: undefined } : step,
  ),
  mutant(
    'flow/no-answer',
    'Leaves the vendor’s question unanswered.',
    ['flow.gather', 'flow.gather-again', 'flow.gather-timeout', 'flow.incoming', 'flow.incoming-gather', 'flow.reject'],
    {
      driver: (driver: Driver) => ({
        ...driver,
        operations: { ...driver.operations, respond: async () => ({ status: 200, headers: {}, body: '' }) },
      }),
    },
  ),
  retold('number-for-keys', 'Takes keys for a number.', ['flow.gather-leading-zeros'], (event) =>
    event.digits === undefined ? event : { ...event, digits: String(Number(event.digits)) },
  ),
  retold('timeout-is-digits', 'Does not tell a time-out from keys.', ['flow.gather-timeout'], (event) =>
    event.reason === undefined ? event : { ...event, reason: 'digits' },
  ),
  retold('eats-plus', 'Loses the plus sign of callers.', ['flow.incoming'], (event) =>
    event.from === undefined ? event : { ...event, from: event.from.slice(1) },
  ),
  retold('awaits-nothing', 'Does not say that the vendor waits.', ['flow.incoming'], (event) =>
    event.awaiting === undefined ? event : { ...event, awaiting: false },
  ),
  retold(
    'other-call',
    'Takes the event’s id for the call’s.',
    ['calls.status.in-progress', 'calls.record.live', 'flow.record', 'flow.gather'],
    (event) => (event.call === undefined ? event : { ...event, call: `memory:${event.eventId}` }),
  ),
  mutant(
    'flow/drops-silently',
    'Leaves out steps that it cannot do.',
    ['flow.refused'],
    {
      ...withoutPlay,
      provider: (provider) => ({
        calls: {
          ...provider.calls,
          make: ({ flow, ...input }: any, options: any) => {
            const steps = flow.steps.filter(({ verb }: any) => verb !== 'play')
            return provider.calls.make(
              { ...input, flow: { steps: steps.length > 0 ? steps : [{ verb: 'pause', seconds: 1 }] } },
              options,
            )
          },
        },
      }),
    },
    withoutPlay,
  ),

  // Input
  mutant('invalid/asks-first', 'Asks the vendor before it looks at the input.', invalidCalls, {
    provider: ({ calls, numbers }, at) => {
      const ask = () => at.fetch(`${at.baseUrl}/v1/calls`)
      const late = (run: any) => async (input: any, options: any) => (await ask(), run(input, options))
      return {
        calls: { ...calls, make: late(calls.make) },
        numbers: {
          ...numbers,
          buy: late(numbers.buy),
          configure: late(numbers.configure),
          search: (input: any, options: any) => ({
            ...numbers.search(input, options),
            page: async () => (await ask(), numbers.search(input, options).page()),
          }),
        },
      }
    },
  }),
]

function detecting(driver: Driver): Driver {
  return {
    ...driver,
    descriptor: { ...driver.descriptor, capabilities: { ...driver.descriptor.capabilities, 'machine-detection': true } },
  }
}
