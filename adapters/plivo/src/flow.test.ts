import { callFlow, type FlowBuilder } from '@do/telephony'
import { describe, expect, it } from 'vitest'
import { pack, unpack } from './carry.ts'
import { checkFlow, render } from './flow.ts'

const webhookUrl = 'https://hooks.example.com/plivo?tenant=7'
const rendering = { webhookUrl, reference: 'do-1', eventId: 'e' }
const xml = async (flow: FlowBuilder, record = false) =>
  (await render({ steps: flow.steps, record }, rendering)).replace(/^<Response>/, '').replace(/<\/Response>$/, '')
const callback =
  'redirect="false" callbackUrl="https://hooks.example.com/plivo?tenant=7&amp;do_ev=record&amp;do_ref=do-1" callbackMethod="POST"'

describe('each step in Plivo XML', () => {
  it.each<readonly [string, FlowBuilder, string]>([
    ['say', callFlow().say('Hi & <you>'), '<Speak>Hi &amp; &lt;you&gt;</Speak>'],
    [
      'say with all',
      callFlow().say('Hallo', { language: 'de-DE', voice: 'male', loop: 2 }),
      '<Speak voice="MAN" language="de-DE" loop="2">Hallo</Speak>',
    ],
    [
      'a language without region',
      callFlow().say('Bonjour', { language: 'fr', voice: 'female' }),
      '<Speak voice="WOMAN" language="fr-FR">Bonjour</Speak>',
    ],
    [
      'play',
      callFlow().play('https://example.com/a.mp3?x=1&y=2', { loop: 3 }),
      '<Play loop="3">https://example.com/a.mp3?x=1&amp;y=2</Play>',
    ],
    ['dial', callFlow().dial('+442079460958'), '<Dial timeout="30"><Number>442079460958</Number></Dial>'],
    [
      'dial with all',
      callFlow().dial('+442079460958', { from: '+14155550100', timeout: 12, record: true }),
      `<Record startOnDialAnswer="true" maxLength="14400" ${callback}/><Dial callerId="14155550100" timeout="12"><Number>442079460958</Number></Dial>`,
    ],
    ['conference', callFlow().conference('room_1'), '<Conference>room_1</Conference>'],
    [
      'conference with all',
      callFlow().conference('r', { muted: true, endOnExit: true }),
      '<Conference muted="true" endConferenceOnExit="true">r</Conference>',
    ],
    ['record', callFlow().record(), `<Record ${callback}/>`],
    [
      'record with all',
      callFlow().record({ maxSeconds: 90, finishOn: '*', beep: false }),
      `<Record maxLength="90" finishOnKey="*" playBeep="false" ${callback}/>`,
    ],
    ['pause', callFlow().pause(7), '<Wait length="7"/>'],
    [
      'redirect',
      callFlow().redirect('https://example.com/x?a=1&b=2'),
      '<Redirect method="POST">https://example.com/x?a=1&amp;b=2</Redirect>',
    ],
    ['reject', callFlow().reject(), '<Hangup reason="rejected"/>'],
    ['reject as busy', callFlow().reject('busy'), '<Hangup reason="busy"/>'],
    ['hangup', callFlow().hangup(), '<Hangup/>'],
  ])('%s', async (_name, flow, expected) => {
    expect(await xml(flow)).toBe(expected)
  })

  it('asks the webhook after keys and after silence, and carries the rest of the flow there', async () => {
    const text = await xml(callFlow().gather({ digits: 4, finishOn: '*', timeout: 9, prompt: 'Code?' }).say('Thanks').hangup())
    const [action, silence] = [...text.matchAll(/https:[^"<]+/g)].map(([url]) => new URL(url.replaceAll('&amp;', '&')))
    expect(text.replace(/https:[^"<]+/g, 'URL')).toBe(
      '<GetDigits action="URL" method="POST" timeout="9" digitTimeout="9" numDigits="4" finishOnKey="*" retries="1"><Speak>Code?</Speak></GetDigits><Redirect method="POST">URL</Redirect>',
    )
    expect([action, silence].map((url) => url?.searchParams.get('do_ev'))).toEqual(['gather', 'timeout'])
    for (const url of [action, silence]) {
      expect(url?.searchParams.get('tenant')).toBe('7')
      expect((await unpack(url?.searchParams.get('do_flow') ?? '')).steps).toEqual(callFlow().say('Thanks').hangup().steps)
    }
  })

  it('gives the same ids for a repeated delivery, others for the next question', async () => {
    const flow = callFlow().gather({ digits: 1 })
    const first = await render({ steps: flow.steps }, rendering)
    expect(await render({ steps: flow.steps }, rendering)).toBe(first)
    expect(await render({ steps: flow.steps }, { ...rendering, eventId: 'later' })).not.toBe(first)
  })

  it('records a whole call first', async () => {
    expect(await xml(callFlow().say('Hi'), true)).toBe(
      `<Record recordSession="true" maxLength="14400" ${callback}/><Speak>Hi</Speak>`,
    )
  })
})

describe('what Plivo cannot do', () => {
  it.each<readonly [string, FlowBuilder, string, string | undefined]>([
    ['a language', callFlow().say('Xin chào', { language: 'vi-VN' }), 'unsupported_option', 'flow.steps.0.language'],
    [
      'a voice',
      callFlow().pause(1).say('Salut', { language: 'fr-CA', voice: 'male' }),
      'unsupported_option',
      'flow.steps.1.voice',
    ],
    ['a recording of one second', callFlow().record({ maxSeconds: 1 }), 'unsupported_option', 'flow.steps.0.maxSeconds'],
  ])('%s', (_name, flow, code, field) => {
    expect(() => checkFlow(flow, webhookUrl, true)).toThrow(
      expect.objectContaining({ code, field, effect: 'none', elsewhere: true }),
    )
  })

  it('a question without an address to ask', () => {
    const missing = expect.objectContaining({ code: 'webhook_url_missing' })
    expect(() => checkFlow(callFlow().gather(), undefined, false)).toThrow(missing)
    expect(() => checkFlow(callFlow().say('x'), undefined, true)).toThrow(missing)
    expect(() => checkFlow(callFlow().say('x'), undefined, false)).not.toThrow()
  })

  it('carries a flow unchanged, in characters that no URL changes', async () => {
    const steps = callFlow().say('Grüße, 你好 & "co"').gather({ digits: 1 }).steps
    const packed = await pack({ steps, record: true })
    expect(packed).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(await unpack(packed)).toEqual({ steps, record: true })
    expect(await pack({ steps: [] })).toBeUndefined()
    expect(await unpack(undefined)).toEqual({ steps: [] })
  })
})
