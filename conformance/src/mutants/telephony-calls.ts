import { ProviderError } from '@do/provider'
import { inTurn, type Mutant, onTheWay, onTheWayBack } from './mutant.ts'
import { type Driver, lostIsNone, misread, mutant, replaced, retold, unfiltered } from './telephony-tools.ts'

const invalidCalls = ['to', 'from', 'flow', 'timeout', 'country', 'area-code', 'buy', 'call-url'].map((name) => `invalid.${name}`)

/** Wrong in making, following and ending calls. */
export const callMutants: readonly Mutant[] = [
  replaced('calls/twice', 'Calls twice.', ['calls.make.once', 'calls.make.two'], 'calls', ({ make }) => ({
    make: (input: any, options: any) => inTurn(make(input), () => make(input, options)),
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
    'calls/changes-again',
    'Gives the flow again when it does not know whether it was taken.',
    ['calls.update.lost-answer'],
    'calls',
    ({ update }) => ({ update: (input: any, options: any) => update(input, options).catch(() => update(input, options)) }),
  ),
  replaced(
    'calls/records-again',
    'Starts a second recording when it does not know whether the first runs.',
    ['calls.record.lost-answer'],
    'calls',
    ({ record }) => ({ record: (input: any, options: any) => record(input, options).catch(() => record(input, options)) }),
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

  mutant('invalid/asks-first', 'Asks the vendor before it looks at the input.', invalidCalls, {
    provider: ({ calls, numbers }, at) => {
      const ask = () => at.fetch(`${at.baseUrl}/v1/calls`)
      const late = (run: any) => (input: any, options: any) => inTurn(ask(), () => run(input, options))
      return {
        calls: { ...calls, make: late(calls.make) },
        numbers: {
          ...numbers,
          buy: late(numbers.buy),
          configure: late(numbers.configure),
          search: (input: any, options: any) => ({
            ...numbers.search(input, options),
            page: () => inTurn(ask(), () => numbers.search(input, options).page()),
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
