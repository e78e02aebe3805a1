import { type CallFlow, callFlow, type FlowStep } from '@do/telephony'
import { describe, expect, it } from 'vitest'
import { checkFlow, nextCommand } from './flow.ts'
import { readState, writeState } from './state.ts'

const facts = { r: 'do-x', c: 'v3:call', t: '+14155550123', f: '+12025550142' }

/** The command of a flow's first step, without what every command has. */
function first(...steps: readonly FlowStep[]) {
  const { action, body } = nextCommand({ ...facts, s: steps }, 'command-1')
  const { client_state: state, command_id: commandId, ...rest } = body
  expect(commandId).toBe('command-1')
  return { action, body: rest, state: readState(state) }
}

describe('nextCommand', () => {
  it.each<[string, FlowStep, string, object]>([
    ['say', { verb: 'say', text: 'Hi <b>' }, 'speak', { payload: 'Hi <b>', voice: 'female', language: 'en-US' }],
    [
      'say in Chinese by a man, twice',
      { verb: 'say', text: '你好', language: 'zh-CN', voice: 'male', loop: 2 },
      'speak',
      { payload: '你好', voice: 'male', language: 'cmn-CN', loop: 2 },
    ],
    [
      'say in Spanish',
      { verb: 'say', text: 'Hola', language: 'es' },
      'speak',
      { payload: 'Hola', voice: 'female', language: 'es-ES' },
    ],
    ['play', { verb: 'play', url: 'https://a.example/x.mp3' }, 'playback_start', { audio_url: 'https://a.example/x.mp3' }],
    [
      'pause',
      { verb: 'pause', seconds: 23 },
      'speak',
      {
        payload: '<speak><break time="10s"/><break time="10s"/><break time="3s"/></speak>',
        payload_type: 'ssml',
        voice: 'female',
        language: 'en-US',
      },
    ],
    [
      'gather',
      { verb: 'gather', digits: 4, timeout: 7 },
      'gather',
      { maximum_digits: 4, inter_digit_timeout_millis: 7000, initial_timeout_millis: 7000 },
    ],
    [
      'gather with words, twice',
      { verb: 'gather', finishOn: '*', prompt: [{ verb: 'say', text: 'Press.', loop: 2 }] },
      'gather_using_speak',
      {
        terminating_digit: '*',
        inter_digit_timeout_millis: 5000,
        timeout_millis: 5000,
        maximum_tries: 1,
        payload: 'Press. Press.',
        voice: 'female',
        language: 'en-US',
      },
    ],
    [
      'gather with a sound',
      { verb: 'gather', prompt: [{ verb: 'play', url: 'https://a.example/x.mp3' }] },
      'gather_using_audio',
      { inter_digit_timeout_millis: 5000, timeout_millis: 5000, maximum_tries: 1, audio_url: 'https://a.example/x.mp3' },
    ],
    [
      'record',
      { verb: 'record', maxSeconds: 9, beep: true },
      'record_start',
      { format: 'mp3', channels: 'single', recording_track: 'inbound', max_length: 9, play_beep: true },
    ],
    ['conference', { verb: 'conference', name: 'board' }, 'open', { name: 'board' }],
    ['reject', { verb: 'reject', reason: 'busy' }, 'reject', { cause: 'USER_BUSY' }],
    ['reject otherwise', { verb: 'reject' }, 'reject', { cause: 'CALL_REJECTED' }],
    ['hangup', { verb: 'hangup' }, 'hangup', {}],
  ])('renders %s', (_, step, action, body) => {
    const command = first(step)
    expect(command).toMatchObject({ action, state: { ...facts, w: step.verb, s: [] } })
    expect(command.body).toEqual(body)
  })

  it('sends the steps that are left along, and hangs up when there are none', () => {
    const { state } = first({ verb: 'say', text: 'One' }, { verb: 'say', text: 'Zwei – 二' })
    expect(state.s).toEqual([{ verb: 'say', text: 'Zwei – 二' }])
    expect(nextCommand({ ...facts, s: [] }, 'x')).toMatchObject({ action: 'hangup' })
  })

  it('dials from the number of ours that is on the call, and stays for the steps after it', () => {
    const dial: FlowStep = { verb: 'dial', to: '+14155550199' }
    expect(first(dial).body).toMatchObject({ to: '+14155550199', from: facts.f })
    expect(first(dial).body).not.toHaveProperty('park_after_unbridge')
    const inbound = nextCommand({ ...facts, i: 1, s: [dial, { verb: 'hangup' }] }, 'x').body
    expect(inbound).toMatchObject({ from: facts.t, park_after_unbridge: 'self' })
    expect(readState(inbound.target_leg_client_state)).toMatchObject({ c: facts.c, leg: 1, s: [{ verb: 'hangup' }] })
  })

  it('remembers the key that ends a recording and how many digits are wanted', () => {
    expect(first({ verb: 'record', finishOn: '#' }).state).toMatchObject({ k: '#' })
    expect(first({ verb: 'gather', digits: 3 }).state).toMatchObject({ n: 3 })
  })
})

describe('checkFlow', () => {
  it.each<[string, CallFlow, string]>([
    ['a language', callFlow().say('x', { language: 'xx' }), 'flow.steps.0.language'],
    [
      'a repeated sound as a prompt',
      { steps: [{ verb: 'gather', prompt: [{ verb: 'play', url: 'https://a.example', loop: 2 }] }] },
      'flow.steps.0.prompt.0.loop',
    ],
    [
      'a prompt of more than 3,000 characters',
      { steps: [{ verb: 'gather', prompt: [{ verb: 'say', text: 'x'.repeat(2000), loop: 2 }] }] },
      'flow.steps.0.prompt',
    ],
    ['a caller who is muted', callFlow().say('x').conference('a', { muted: true }), 'flow.steps.1.muted'],
    ['a conference that ends with a caller', callFlow().conference('a', { endOnExit: true }), 'flow.steps.0.endOnExit'],
    ['two seconds of ringing', callFlow().dial('+14155550199', { timeout: 2 }), 'flow.steps.0.timeout'],
  ])('refuses %s, and lets another vendor try', (_, flow, field) => {
    expect(() => checkFlow(flow, true)).toThrow(expect.objectContaining({ effect: 'none', elsewhere: true, field }))
  })

  it('rejects only incoming calls', () => {
    expect(() => checkFlow(callFlow().reject(), true)).toThrow(expect.objectContaining({ code: 'invalid_flow' }))
    expect(() => checkFlow(callFlow().reject(), false)).not.toThrow()
  })
})

describe('the state of a call', () => {
  it('survives the trip in any script, and is empty when somebody else wrote it', () => {
    const state = { ...facts, s: [{ verb: 'say', text: 'Grüße 👋' } as const] }
    expect(writeState(state)).toMatch(/^[A-Za-z0-9+/]+=*$/)
    expect(readState(writeState(state))).toEqual(state)
    for (const foreign of [undefined, '', 'aGF2ZSBhIG5pY2UgZGF5', '%%%', 'bnVsbA==']) expect(readState(foreign)).toEqual({})
  })
})
