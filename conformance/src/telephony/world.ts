import { type Call, type CallFlow, callFlow, type Telephony, type TelephonyEvent, toResponse } from '@do/telephony'
import { collect, fail, present } from '../assert.ts'
import type { Check, World } from '../check.ts'
import type { Subject } from '../shared/subject.ts'
import type { PlacedCall, TelephonyTwin } from '../twin.ts'

export type KnownEvent = Exclude<TelephonyEvent, { type: 'unknown' }>

export interface TelephonyWorld extends World<Telephony, TelephonyTwin, TelephonyEvent> {
  /** What the application does next on a call. Undefined: nothing new, the flow goes on. */
  readonly script: { next: (event: KnownEvent) => CallFlow | undefined }
}
export type TelephonyCheck = Check<TelephonyWorld>

/** Wires the webhooks as an application does: every event that waits is answered, with the next flow where there is one. */
export function openTelephony(world: World): TelephonyWorld {
  const script: TelephonyWorld['script'] = { next: () => undefined }
  // The runner has made sure that provider and twin are of this interface.
  const opened = { ...(world as TelephonyWorld), script }
  opened.route.reply = async (events) => {
    let answer = new Response(null, { status: 204 })
    for (const event of events) {
      if (event.type === 'unknown') continue
      const flow = opened.script.next(event)
      if (!event.awaiting && flow === undefined) continue
      answer = toResponse(await opened.provider.respond({ event, ...(flow === undefined ? {} : { flow: plain(flow) }) }))
    }
    return answer
  }
  return opened
}

/** A flow as plain data, as it comes out of a database. */
export const plain = (flow: CallFlow) => ({ steps: [...flow.steps] })

export const callee = '+14155550123'
export const otherCallee = '+14155550145'

export type CallInput = Parameters<Telephony['calls']['make']>[0]

export function ring(
  world: TelephonyWorld,
  flow: CallFlow = callFlow().say('Your table is ready.'),
  more: Partial<CallInput> = {},
): CallInput {
  return { to: callee, from: world.twin.caller, flow: plain(flow), ...more }
}

export const make: Subject<TelephonyWorld, CallInput> = {
  name: 'telephony.calls.make',
  request: 'calls.create',
  noun: 'call',
  repeatable: true,
  input: async (world) => ring(world, callFlow().say('The code is Quetzalcoatl-7781.')),
  other: async (world) => ring(world, callFlow().say('Another call.'), { to: otherCallee }),
  run: (provider, input, options) => provider.calls.make(input, options),
  effects: (world) => world.twin.calls().length,
  read: (provider, id) => provider.calls.get(id),
  privateText: 'Quetzalcoatl',
}

export type BuyInput = Parameters<Telephony['numbers']['buy']>[0]

/** Numbers for sale, local ones in the United States. */
export const forSale = (world: TelephonyWorld, most = 3) =>
  firstOf(world.provider.numbers.search({ country: 'US', features: ['voice', 'sms'] }), most)

export const buy: Subject<TelephonyWorld, BuyInput> = {
  name: 'telephony.numbers.buy',
  request: 'numbers.buy',
  noun: 'number',
  repeatable: false,
  input: async (world) => ({ id: present((await forSale(world))[0], 'A number for sale').id, label: 'Front desk' }),
  other: async (world) => ({ id: present((await forSale(world))[1], 'A second number for sale').id, label: 'Kitchen' }),
  run: (provider, input, options) => provider.numbers.buy(input, options),
  effects: (world) => world.twin.purchases().length,
  read: (provider, id) => provider.numbers.get(id),
}

/** The first items of a list, without reading the rest. */
export async function firstOf<T>(items: AsyncIterable<T>, most: number): Promise<T[]> {
  const first: T[] = []
  for await (const item of items) {
    first.push(item)
    if (first.length >= most) break
  }
  return first
}

/** The one call that the vendor took on. */
export function onlyCall(world: TelephonyWorld): PlacedCall {
  const calls = world.twin.calls()
  if (calls.length !== 1) fail(`The vendor took on ${calls.length} calls instead of one.`)
  return present(calls[0], 'The call at the vendor')
}

/** Makes a call that is answered. */
export async function answered(world: TelephonyWorld, flow: CallFlow, more: Partial<CallInput> = {}): Promise<Call> {
  const call = await world.provider.calls.make(ring(world, flow, more))
  await world.twin.answer(onlyCall(world).id)
  return call
}

export type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { type: Type }>

export function eventsOf<Type extends KnownEvent['type']>(world: TelephonyWorld, type: Type): readonly EventOf<Type>[] {
  return world.events.filter((event): event is EventOf<Type> => event.type === type)
}

/** The last event of one type. @throws CheckFailure when none came, with what was refused instead. */
export function eventOf<Type extends KnownEvent['type']>(world: TelephonyWorld, type: Type): EventOf<Type> {
  const event = eventsOf(world, type).at(-1)
  if (event !== undefined) return event
  const kinds = world.events.map((other) => other.type).join(', ')
  const refusal = world.refusals.at(-1)
  return fail(
    `No ${type} event came (others: ${kinds || 'none'}; refused: ${world.refusals.length}${refusal === undefined ? '' : `, ${refusal}`}).`,
  )
}

export const idsIn = async (items: AsyncIterable<{ readonly id: string }>) => (await collect(items)).map(({ id }) => id)
