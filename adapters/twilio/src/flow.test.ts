import { callFlow, type FlowStep } from '@do/telephony'
import { describe, expect, it } from 'vitest'
import { checkFlow, twiml, unpack } from './flow.ts'
import { speech } from './voices.ts'

const options = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'x', webhookUrl: 'https://example.com/hook?tenant=7' }
const render = (flow: { readonly steps: readonly FlowStep[] }) =>
  twiml(flow.steps, { options, seed: 'seed', reference: 'do-abc' })
const body = async (flow: { readonly steps: readonly FlowStep[] }) =>
  (await render(flow)).replace('<?xml version="1.0" encoding="UTF-8"?><Response>', '').replace(/<\/Response>$/, '')

describe('steps', () => {
  it.each([
    [callFlow().say('Hello'), '<Say>Hello</Say>'],
    [callFlow().say('a < b & "c" > d'), '<Say>a &lt; b &amp; &quot;c&quot; &gt; d</Say>'],
    [callFlow().say('bell\u0007', { loop: 2 }), '<Say loop="2">bell</Say>'],
    [callFlow().say('Hallo', { language: 'de-DE', voice: 'male' }), '<Say voice="Polly.Hans" language="de-DE">Hallo</Say>'],
    [
      callFlow().play('https://a.example/x.mp3?a=1&b=2', { loop: 3 }),
      '<Play loop="3">https://a.example/x.mp3?a=1&amp;b=2</Play>',
    ],
    [callFlow().pause(4), '<Pause length="4"/>'],
    [
      callFlow().dial('+14155550123', { from: '+14155550100', timeout: 20 }),
      '<Dial callerId="+14155550100" timeout="20">+14155550123</Dial>',
    ],
    [
      callFlow().conference('room-1', { muted: true, endOnExit: true }),
      '<Dial><Conference muted="true" endConferenceOnExit="true">room-1</Conference></Dial>',
    ],
    [callFlow().redirect('https://a.example/next?x=1&y=2'), '<Redirect>https://a.example/next?x=1&amp;y=2</Redirect>'],
    [callFlow().reject('busy'), '<Reject reason="busy"/>'],
    [callFlow().say('Bye').hangup(), '<Say>Bye</Say><Hangup/>'],
  ])('%#', async (flow, expected) => expect(await body(flow)).toBe(expected))

  it('asks for digits and gets the answer back even when nobody presses a key', async () => {
    expect(await body(callFlow().gather({ digits: 4, finishOn: '*', timeout: 9, prompt: 'Your code?' }))).toBe(
      '<Gather numDigits="4" finishOnKey="*" timeout="9" actionOnEmptyResult="true" ' +
        'action="https://example.com/hook?tenant=7&amp;do_on=gather&amp;do_step=19b25856e1c1&amp;do_ref=do-abc"><Say>Your code?</Say></Gather>',
    )
  })

  it('records with a beep of its own and a report', async () => {
    expect(await body(callFlow().record({ maxSeconds: 30, finishOn: '#', beep: false }))).toBe(
      '<Record maxLength="30" finishOnKey="#" playBeep="false" ' +
        'action="https://example.com/hook?tenant=7&amp;do_on=record&amp;do_step=19b25856e1c1&amp;do_ref=do-abc" ' +
        'recordingStatusCallback="https://example.com/hook?tenant=7&amp;do_on=recording&amp;do_step=19b25856e1c1&amp;do_ref=do-abc"/>',
    )
  })

  it('records a dialled call', async () => {
    expect(await body(callFlow().dial('+14155550123', { record: true }))).toContain(
      '<Dial record="record-from-answer" recordingStatusCallback="https://example.com/hook?tenant=7&amp;do_on=recording',
    )
  })
})

describe('what follows a step that waits', () => {
  it('is not in the document but in its action, and comes back whole', async () => {
    const flow = callFlow().say('Hi').gather({ digits: 1 }).say('Größe 😀').record().hangup()
    const text = await body(flow)
    expect(text).not.toContain('Hangup')
    const [, attribute = ''] = /action="([^"]*)"/.exec(text) ?? []
    const action = new URL(attribute.replaceAll('&amp;', '&'))
    expect(unpack(action.searchParams.get('do_flow') as string)).toEqual(flow.steps.slice(2))
    expect(action.searchParams.get('tenant')).toBe('7')
  })

  it('is nothing when nothing follows', () => expect(unpack(undefined)).toEqual([]))

  it('gets another place for another seed, and the same for the same', async () => {
    const flow = callFlow().gather({ digits: 1 })
    expect(await render(flow)).toBe(await render(flow))
    expect(await twiml(flow.steps, { options, seed: 'other', reference: 'do-abc' })).not.toBe(await render(flow))
  })

  it('is refused when it does not fit into a URL', async () => {
    const flow = callFlow().gather({ digits: 1 }).say('x'.repeat(3000))
    await expect(render(flow)).rejects.toMatchObject({ code: 'flow_too_long', effect: 'none', elsewhere: true })
  })
})

describe('what Twilio cannot do', () => {
  const check =
    (flow: { readonly steps: readonly FlowStep[] }, more = {}, outbound = true) =>
    () =>
      checkFlow(flow, { ...options, ...more }, outbound)

  it('is refused before anything is sent', () => {
    expect(check(callFlow().say('x', { language: 'xx-XX' }))).toThrow(/does not speak "xx-XX"/)
    expect(check(callFlow().gather({ prompt: 'x' }), { webhookUrl: undefined })).toThrow(/webhookUrl/)
    expect(check(callFlow().record(), { webhookUrl: undefined })).toThrow(/webhookUrl/)
    expect(check(callFlow().reject())).toThrow(/incoming/)
    expect(check(callFlow().reject(), {}, false)).not.toThrow()
    expect(
      check({ steps: [{ verb: 'gather', prompt: [{ verb: 'say', text: 'x', language: 'sv-SE', voice: 'male' }] }] }),
    ).toThrow(/male voice/)
  })

  it('speaks with the voices it has', () => {
    expect(speech({})).toEqual({})
    expect(speech({ voice: 'female' })).toEqual({ voice: 'woman' })
    expect(speech({ voice: 'male' })).toEqual({ voice: 'man' })
    expect(speech({ language: 'en' })).toEqual({ language: 'en-US' })
    expect(speech({ language: 'sv' })).toEqual({ language: 'sv-SE' })
    expect(speech({ language: 'en-GB', voice: 'female' })).toEqual({ voice: 'Polly.Amy', language: 'en-GB' })
  })
})
