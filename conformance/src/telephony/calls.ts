import { callFlow, laterCallStatus } from '@do/telephony'
import { collect, holds, outcome, present, refused, same } from '../assert.ts'
import { TwinNetworkError } from '../kit/network-error.ts'
import { why } from '../why.ts'
import {
  answered,
  callee,
  eventOf,
  eventsOf,
  onlyCall,
  otherCallee,
  ring,
  type TelephonyCheck,
  type TelephonyWorld,
} from './world.ts'

const check = (id: string, title: string, run: TelephonyCheck['run'], needs: readonly string[] = []): TelephonyCheck => ({
  id: `telephony.calls.${id}`,
  level: 'must',
  title,
  why: why.voice,
  run,
  ...(needs.length === 0 ? {} : { needs }),
})

/** A flow that keeps the call alive until somebody presses a key. */
const waiting = () => callFlow().gather({ digits: 1, prompt: 'Press one.' })
const lag = 120_000

export const making: readonly TelephonyCheck[] = [
  check('make.once', 'One call rings once, where it should and from where it says', async (world) => {
    const call = await world.provider.calls.make(ring(world))
    const placed = onlyCall(world)
    same(
      [placed.to, placed.from, placed.direction],
      [callee, world.twin.caller, 'outbound'],
      'to, from and direction at the vendor',
    )
    same([call.to, call.from, call.direction], [callee, world.twin.caller, 'outbound'], 'to, from and direction in the answer')
    holds(['queued', 'ringing'].includes(call.status), `A call just made has the status "${call.status}".`)
  }),
  check('make.two', 'Two calls are two calls', async (world) => {
    const first = await world.provider.calls.make(ring(world))
    const second = await world.provider.calls.make(ring(world))
    holds(first.id !== second.id, 'Both calls have the same id.')
    same(world.twin.calls().length, 2, 'Calls at the vendor')
  }),
  check('make.default-caller', 'Without a caller, one of the configured numbers is taken', async (world) => {
    const provider = await world.another({ senders: [world.twin.caller] })
    const { from: _, ...rest } = ring(world)
    await provider.calls.make(rest)
    same(onlyCall(world).from, world.twin.caller, 'The caller at the vendor')
  }),
  check('make.foreign-caller', 'A caller that is not configured is refused before anything is sent', async (world) => {
    const provider = await world.another({ senders: [world.twin.caller] })
    await refused(() => provider.calls.make(ring(world, undefined, { from: '+14155550199' })), "Somebody else's number", {
      field: 'from',
    })
    same(world.requests().length, 0, 'Requests sent')
  }),
  check('get.same', 'A call reads back as it was made, at once', async (world) => {
    const { id } = await world.provider.calls.make(ring(world))
    const call = await world.provider.calls.get(id)
    same([call.id, call.to, call.from, call.direction], [id, callee, world.twin.caller, 'outbound'], 'id, to, from and direction')
  }),
  check('make.record', 'A call that is to be recorded is recorded', async (world) => {
    await answered(world, waiting(), { record: true })
    const { id } = onlyCall(world)
    await world.twin.hangup(id)
    same(onlyCall(world).recordings.length, 1, 'Recordings at the vendor')
  }),
  check(
    'make.machine-detection',
    'A call can tell people from machines',
    async (world) => {
      await world.provider.calls.make(ring(world, undefined, { machineDetection: true }))
      onlyCall(world)
    },
    ['machine-detection'],
  ),
]

/** The same provider on a line that breaks when the first request that changes something has been answered. */
function losingAnAnswer(world: TelephonyWorld): Promise<TelephonyWorld['provider']> {
  let lost = false
  return world.another({
    fetch: async (to, init) => {
      const method = init?.method ?? (to instanceof Request ? to.method : 'GET')
      const response = await world.at.fetch(to, init)
      if (lost || method === 'GET') return response
      lost = true
      throw new TwinNetworkError('ECONNRESET')
    },
  })
}

const endings = [
  ['busy', (world: TelephonyWorld, id: string) => world.twin.miss(id, 'busy'), ['busy']],
  ['no-answer', (world: TelephonyWorld, id: string) => world.twin.miss(id, 'no-answer'), ['no-answer']],
  ['failed', (world: TelephonyWorld, id: string) => world.twin.miss(id, 'failed'), ['failed']],
  [
    'completed',
    async (world: TelephonyWorld, id: string) => {
      await world.twin.answer(id)
      world.twin.clock.advance(12_000)
      await world.twin.hangup(id)
    },
    ['completed'],
  ],
] as const

export const living: readonly TelephonyCheck[] = [
  check('status.in-progress', 'A call that is answered is in progress, by webhook and by id', async (world) => {
    const { id } = await answered(world, waiting())
    const statuses = eventsOf(world, 'call.status').map((event) => event.status)
    holds(statuses.includes('in-progress'), `The webhooks told of ${JSON.stringify(statuses)}, not of "in-progress".`)
    same(eventOf(world, 'call.status').call, id, 'The call in the event')
    same((await world.provider.calls.get(id)).status, 'in-progress', 'Status, read back')
  }),
  ...endings.map(([name, happen, allowed]) =>
    check(`status.${name}`, `A call that ends as "${name}" says so, by webhook and by id`, async (world) => {
      const { id } = await world.provider.calls.make(ring(world, waiting()))
      await happen(world, onlyCall(world).id)
      const event = eventOf(world, 'call.status')
      same(event.call, id, 'The call in the event')
      same(event.status, allowed[0], 'Status by webhook')
      same((await world.provider.calls.get(id)).status, allowed[0], 'Status, read back')
    }),
  ),
  check('status.late', 'A late report does not bring an ended call back to life', async (world) => {
    const { id } = await answered(world, waiting())
    await world.twin.hangup(onlyCall(world).id)
    const statuses = eventsOf(world, 'call.status').map((event) => event.status)
    const counted = [...statuses].reverse().reduce(laterCallStatus, 'queued')
    same(counted, 'completed', 'The status that counts, whatever the order')
    same((await world.provider.calls.get(id)).status, 'completed', 'Status, read back')
  }),
  check(
    'update.heard',
    'A live call can be given a new flow, and the person hears it',
    async (world) => {
      const { id } = await answered(world, waiting())
      const changed = await world.provider.calls.update({ id, flow: { steps: [{ verb: 'say', text: 'Please hold the line.' }] } })
      same(changed.id, id, 'The id')
      const heard = onlyCall(world).heard.filter(({ verb }) => verb !== 'hangup')
      same(heard.at(-1), { verb: 'say', text: 'Please hold the line.' }, 'What the person heard last')
    },
    ['flow.say', 'flow.gather'],
  ),
  check('update.ended', 'An ended call cannot be given a new flow, and that is said', async (world) => {
    const { id } = await answered(world, waiting())
    await world.twin.hangup(onlyCall(world).id)
    const heard = onlyCall(world).heard.length
    await refused(
      () => world.provider.calls.update({ id, flow: { steps: [{ verb: 'say', text: 'Too late.' }] } }),
      'Changing an ended call',
      { fault: 'caller' },
    )
    same(onlyCall(world).heard.length, heard, 'Steps heard')
  }),
  check(
    'update.lost-answer',
    'A new flow whose answer is lost is heard once, and is never said to have been without effect',
    async (world) => {
      const { id } = await answered(world, waiting())
      const text = 'Please hold the line.'
      const provider = await losingAnAnswer(world)
      const result = await outcome(() => provider.calls.update({ id, flow: { steps: [{ verb: 'say', text }] } }))
      if (!result.ok) same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
      const times = onlyCall(world).heard.filter((step) => step.verb === 'say' && step.text === text).length
      holds(times <= 1, `The person heard it ${times} times.`)
      holds(!result.ok || times === 1, 'The call was said to be changed, but the person heard nothing.')
    },
    ['flow.say', 'flow.gather'],
  ),
  check('end.live', 'A live call can be ended', async (world) => {
    const { id } = await answered(world, waiting())
    same((await world.provider.calls.end(id)).id, id, 'The id')
    holds(onlyCall(world).ended, 'The call goes on at the vendor.')
    same((await world.provider.calls.get(id)).status, 'completed', 'Status, read back')
  }),
  check('end.ringing', 'A call that still rings can be ended', async (world) => {
    const { id } = await world.provider.calls.make(ring(world))
    await world.provider.calls.end(id)
    holds(onlyCall(world).ended, 'The call goes on at the vendor.')
  }),
  check('end.twice', 'Ending a call that has ended is no error', async (world) => {
    const { id } = await answered(world, waiting())
    await world.provider.calls.end(id)
    same((await world.provider.calls.end(id)).id, id, 'The id')
    holds(onlyCall(world).ended, 'The call goes on at the vendor.')
  }),
  check('end.lost-answer', 'An ending whose answer is lost is made, or reported as unknown', async (world) => {
    const { id } = await answered(world, waiting())
    world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'calls.update' })
    const result = await outcome(() => world.provider.calls.end(id))
    world.twin.faults.clear()
    if (!result.ok) same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
    holds(onlyCall(world).ended, 'The call goes on at the vendor.')
  }),
]

export const recording: readonly TelephonyCheck[] = [
  check('record.live', 'A live call can be recorded; the recording is reported, and in the list', async (world) => {
    const { id } = await answered(world, waiting())
    const started = await world.provider.calls.record({ id })
    same(onlyCall(world).recordings.length, 1, 'Recordings at the vendor')
    await world.twin.finishRecording(onlyCall(world).id)
    const event = eventOf(world, 'call.recorded')
    same(event.call, id, 'The call in the event')
    world.twin.clock.advance(lag)
    const [listed, ...more] = await collect(world.provider.calls.recordings({ id }))
    same(more.length, 0, 'Further recordings in the list')
    const found = present(listed, 'The recording in the list')
    same(found.id, event.recording, 'The id in the list, against the event')
    holds(started.id !== '', 'The answer has no id.')
    same(found.status, 'completed', 'Status in the list')
    holds(found.url !== undefined && URL.canParse(found.url), 'The recording has no address.')
  }),
  check(
    'record.lost-answer',
    'A recording whose answer is lost is started once, and is never said to have been without effect',
    async (world) => {
      const { id } = await answered(world, waiting())
      const provider = await losingAnAnswer(world)
      const result = await outcome(() => provider.calls.record({ id }))
      if (!result.ok) same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
      same(onlyCall(world).recordings.length, 1, 'Recordings at the vendor')
    },
  ),
  check('recordings.none', 'A call without recordings has an empty list of them', async (world) => {
    const { id } = await answered(world, waiting())
    world.twin.clock.advance(lag)
    same((await collect(world.provider.calls.recordings({ id }))).length, 0, 'Recordings in the list')
  }),
  check('record.ended', 'An ended call cannot be recorded, and that is said', async (world) => {
    const { id } = await answered(world, waiting())
    await world.twin.hangup(onlyCall(world).id)
    await refused(() => world.provider.calls.record({ id }), 'Recording an ended call', { fault: 'caller' })
    same(onlyCall(world).recordings.length, 0, 'Recordings at the vendor')
  }),
]

/** Five calls a minute apart to two numbers, ended; then enough time for lists to show them. */
export async function fiveCalls(world: TelephonyWorld): Promise<readonly string[]> {
  const ids: string[] = []
  for (let i = 1; i <= 5; i++) {
    ids.push((await world.provider.calls.make(ring(world, undefined, { to: i % 2 === 1 ? callee : otherCallee }))).id)
    const last = present(world.twin.calls().at(-1), 'The call at the vendor')
    await world.twin.miss(last.id, i === 5 ? 'no-answer' : 'busy')
    world.twin.clock.advance(60_000)
  }
  world.twin.clock.advance(lag)
  return ids
}

const idsOf = async (items: AsyncIterable<{ readonly id: string }>) => (await collect(items)).map(({ id }) => id)
const iso = (at: number) => new Date(at).toISOString()

export const listing: readonly TelephonyCheck[] = [
  check(
    'list.newest-first',
    'The list begins with the newest call',
    async (world) => {
      const ids = await fiveCalls(world)
      same(await idsOf(world.provider.calls.list()), [...ids].reverse(), 'The ids in the list')
    },
    ['list-calls'],
  ),
  check(
    'list.to',
    'The list can be of one number called',
    async (world) => {
      const ids = await fiveCalls(world)
      same(await idsOf(world.provider.calls.list({ to: otherCallee })), [ids[3], ids[1]], 'The ids of one number')
    },
    ['list-calls'],
  ),
  check(
    'list.status',
    'The list can be of one status',
    async (world) => {
      const ids = await fiveCalls(world)
      same(await idsOf(world.provider.calls.list({ status: 'no-answer' })), [ids[4]], 'The ids of calls that nobody answered')
    },
    ['list-calls'],
  ),
  check(
    'list.since',
    'The list can begin at a point in time',
    async (world) => {
      const ids = await fiveCalls(world)
      const third = world.twin.calls()[2]?.at as number
      same(
        await idsOf(world.provider.calls.list({ since: iso(third - 30_000) })),
        [...ids.slice(2)].reverse(),
        'The ids since the third call',
      )
    },
    ['list-calls'],
  ),
  check(
    'price',
    'A call that has ended says what it cost',
    async (world) => {
      const { id } = await answered(world, waiting())
      world.twin.clock.advance(61_000)
      await world.twin.hangup(onlyCall(world).id)
      world.twin.clock.advance(lag)
      const { price } = await world.provider.calls.get(id)
      holds(price !== undefined, 'The call has no price.')
      holds(/^[A-Z]{3}$/.test(price.currency), `The currency "${price.currency}" is not three capital letters.`)
    },
    ['price'],
  ),
]
