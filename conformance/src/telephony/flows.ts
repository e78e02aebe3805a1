import { type CallFlow, callFlow, type FlowVerb } from '@do/telephony'
import { holds, NotApplicable, refused, same } from '../assert.ts'
import type { Heard } from '../twin.ts'
import { why } from '../why.ts'
import { answered, eventOf, onlyCall, plain, ring, type TelephonyCheck, type TelephonyWorld } from './world.ts'

const check = (id: string, title: string, needs: readonly FlowVerb[], run: TelephonyCheck['run']): TelephonyCheck => ({
  id: `telephony.flow.${id}`,
  level: 'must',
  title,
  why: why.voice,
  ...(needs.length === 0 ? {} : { needs: needs.map((verb) => `flow.${verb}`) }),
  run,
})

/** What the person heard; a hang-up at the end is how some vendors end every flow. */
function heardIn(world: TelephonyWorld): readonly Heard[] {
  const { heard } = onlyCall(world)
  return heard.at(-1)?.verb === 'hangup' ? heard.slice(0, -1) : heard
}

/** The person answers, and must hear exactly this. */
const heard = (id: string, title: string, verbs: readonly FlowVerb[], flow: () => CallFlow, expected: readonly Heard[]) =>
  check(id, title, verbs, async (world) => {
    await answered(world, flow())
    same(heardIn(world), expected, 'What the person heard')
  })

const song = 'https://example.com/sounds/song.mp3?volume=2&loop=0'
const speech = `Hi <b>Anna</b> & "Bob"; it's 5 > 3. Grüße, 你好.`

export const flows: readonly TelephonyCheck[] = [
  heard('say', 'Spoken text is heard as it was written', ['say'], () => callFlow().say(speech), [{ verb: 'say', text: speech }]),
  heard('play', 'A sound is played', ['play'], () => callFlow().play(song), [{ verb: 'play', url: song }]),
  heard('dial', 'The caller is connected to another number', ['dial'], () => callFlow().dial('+442079460958'), [
    { verb: 'dial', to: '+442079460958' },
  ]),
  heard('conference', 'The caller joins a conference', ['conference'], () => callFlow().conference('board-room_1'), [
    { verb: 'conference', name: 'board-room_1' },
  ]),
  heard(
    'order',
    'Steps are heard in their order',
    ['say', 'pause', 'play'],
    () => callFlow().say('One.').pause(2).play(song).say('Two.'),
    [
      { verb: 'say', text: 'One.' },
      { verb: 'pause', seconds: 2 },
      { verb: 'play', url: song },
      { verb: 'say', text: 'Two.' },
    ],
  ),
  heard('pause', 'A pause lasts as long as it should', ['say', 'pause'], () => callFlow().say('Wait.').pause(7), [
    { verb: 'say', text: 'Wait.' },
    { verb: 'pause', seconds: 7 },
  ]),
  heard(
    'redirect',
    'A call can be handed to other instructions',
    ['say', 'redirect'],
    () => callFlow().say('One moment.').redirect('https://example.com/next?a=1&b=2'),
    [
      { verb: 'say', text: 'One moment.' },
      { verb: 'redirect', url: 'https://example.com/next?a=1&b=2' },
    ],
  ),
  check('hangup', 'A flow can end the call', ['say', 'hangup'], async (world) => {
    await answered(world, callFlow().say('Goodbye.').hangup())
    same(onlyCall(world).heard, [{ verb: 'say', text: 'Goodbye.' }, { verb: 'hangup' }], 'What the person heard')
    holds(onlyCall(world).ended, 'The call goes on at the vendor.')
  }),
  check('record', 'A flow can record the caller; the recording is reported', ['say', 'record'], async (world) => {
    const { id } = await answered(world, callFlow().say('After the beep.').record({ maxSeconds: 30 }))
    same(
      heardIn(world).map(({ verb }) => verb),
      ['say', 'record'],
      'What the person heard',
    )
    await world.twin.finishRecording(onlyCall(world).id)
    same(eventOf(world, 'call.recorded').call, id, 'The call in the event')
  }),
  check(
    'gather',
    'Keys that the person presses come in, and the application says what is next',
    ['say', 'gather'],
    async (world) => {
      world.script.next = (event) => (event.type === 'call.gathered' ? callFlow().say(`You pressed ${event.digits}.`) : undefined)
      const { id } = await answered(world, callFlow().gather({ digits: 2, prompt: 'Press two keys.' }))
      const [asked] = heardIn(world).filter(({ verb }) => verb === 'gather')
      same(asked, { verb: 'gather', prompt: 'Press two keys.', digits: 2 }, 'What the person was asked')
      await world.twin.press(onlyCall(world).id, '42')
      const event = eventOf(world, 'call.gathered')
      same([event.call, event.digits], [id, '42'], 'The call and the keys in the event')
      holds(event.reason === 'digits' || event.reason === 'finish-key', `The reason is "${event.reason}".`)
      same(heardIn(world).at(-1), { verb: 'say', text: 'You pressed 42.' }, 'What the person heard after the keys')
    },
  ),
  check('gather-again', 'The application may ask again, as often as it likes', ['say', 'gather'], async (world) => {
    const ask = () => callFlow().gather({ digits: 1, prompt: 'Press one.' })
    world.script.next = (event) =>
      event.type === 'call.gathered' ? (event.digits === '1' ? callFlow().say('Thank you.') : ask()) : undefined
    await answered(world, ask())
    for (const key of ['7', '8', '1']) await world.twin.press(onlyCall(world).id, key)
    same(
      heardIn(world).map(({ verb }) => verb),
      ['gather', 'gather', 'gather', 'say'],
      'What the person heard',
    )
  }),
  check(
    'gather-timeout',
    'Who presses nothing is told apart, and the application says what is next',
    ['say', 'gather'],
    async (world) => {
      world.script.next = (event) => (event.type === 'call.gathered' ? callFlow().say('Nobody there?') : undefined)
      await answered(world, callFlow().gather({ digits: 1, prompt: 'Press one.', timeout: 5 }))
      await world.twin.press(onlyCall(world).id, '')
      const event = eventOf(world, 'call.gathered')
      same([event.digits, event.reason], ['', 'timeout'], 'The keys and the reason in the event')
      same(heardIn(world).at(-1), { verb: 'say', text: 'Nobody there?' }, 'What the person heard after the time-out')
    },
  ),
  check('gather-leading-zeros', 'Leading zeros, stars and hashes are keys too', ['gather'], async (world) => {
    await answered(world, callFlow().gather({ digits: 4, prompt: 'Your code?', finishOn: '*' }))
    await world.twin.press(onlyCall(world).id, '0070')
    same(eventOf(world, 'call.gathered').digits, '0070', 'The keys in the event')
  }),
  check('incoming', 'An incoming call is announced, with numbers in E.164, and answered with a flow', ['say'], async (world) => {
    world.script.next = (event) => (event.type === 'call.incoming' ? callFlow().say('Welcome to Acme.') : undefined)
    await world.twin.incoming({ from: '+14155550177' })
    const event = eventOf(world, 'call.incoming')
    same([event.from, event.to], ['+14155550177', world.twin.caller], 'from and to')
    holds(event.awaiting, 'The event does not say that the vendor waits.')
    same(heardIn(world), [{ verb: 'say', text: 'Welcome to Acme.' }], 'What the person heard')
    const call = await world.provider.calls.get(event.call)
    same([call.direction, call.from], ['inbound', '+14155550177'], 'direction and from, read back')
  }),
  check('incoming-gather', 'An incoming call can be asked for keys', ['say', 'gather'], async (world) => {
    world.script.next = (event) => {
      if (event.type === 'call.incoming') return callFlow().gather({ digits: 1, prompt: 'Sales or support?' })
      return event.type === 'call.gathered' ? callFlow().say(`Line ${event.digits}.`) : undefined
    }
    const id = await world.twin.incoming({ from: '+14155550177' })
    await world.twin.press(id, '2')
    same(heardIn(world).at(-1), { verb: 'say', text: 'Line 2.' }, 'What the person heard after the key')
  }),
  check('reject', 'An incoming call can be refused without answering it', ['reject'], async (world) => {
    world.script.next = (event) => (event.type === 'call.incoming' ? callFlow().reject('busy') : undefined)
    await world.twin.incoming({ from: '+14155550177' })
    same(
      onlyCall(world).heard.map(({ verb }) => verb),
      ['reject'],
      'What the person heard',
    )
    holds(onlyCall(world).ended, 'The call goes on at the vendor.')
  }),
]

/** One flow for each verb that works without anybody calling in. */
const samples: Readonly<Record<Exclude<FlowVerb, 'reject'>, () => CallFlow>> = {
  say: () => callFlow().say('Hello.'),
  play: () => callFlow().play(song),
  gather: () => callFlow().gather({ digits: 1 }),
  dial: () => callFlow().dial('+442079460958'),
  conference: () => callFlow().conference('room'),
  record: () => callFlow().record(),
  pause: () => callFlow().pause(1),
  redirect: () => callFlow().redirect('https://example.com/next'),
  hangup: () => callFlow().hangup(),
}

export const undeclared: readonly TelephonyCheck[] = [
  check('refused', 'What is not declared is refused before anything is sent, never silently left out', [], async (world) => {
    const missing = Object.entries(samples).filter(([verb]) => !world.provider.supports(`flow.${verb}`))
    const detects = world.provider.supports('machine-detection')
    if (missing.length === 0 && detects) throw new NotApplicable('Every capability is declared.')
    for (const [verb, flow] of missing) {
      await refused(() => world.provider.calls.make(ring(world, flow())), `A flow with "${verb}"`, { code: 'unsupported' })
    }
    if (!detects) {
      const input = { ...ring(world), flow: plain(callFlow().pause(1)), machineDetection: true }
      await refused(() => world.provider.calls.make(input), 'A call with machineDetection', { code: 'unsupported' })
    }
    same(world.requests().length, 0, 'Requests sent')
  }),
]
