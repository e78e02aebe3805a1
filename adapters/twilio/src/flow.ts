import { fromBase64, refuse, sha256, toBase64 } from '@do/provider'
import type { CallFlow, FlowStep } from '@do/telephony'
import { callback, type TwilioOptions } from './options.ts'
import { speech } from './voices.ts'

export interface Rendering {
  readonly options: TwilioOptions
  /** Names the place in the call, so that what happens there has the same event id however often it is told. */
  readonly seed: string
  readonly reference?: string | undefined
}

/**
 * The flow as TwiML. What follows a <Gather> or <Record> would never run there: Twilio asks the action URL instead. It
 * travels in that URL, which Twilio signs, and comes back as the event's `continuation`.
 * https://www.twilio.com/docs/voice/twiml
 */
export async function twiml(steps: readonly FlowStep[], { options, seed, reference }: Rendering): Promise<string> {
  const step = (await sha256(seed)).slice(0, 12)
  const hook = (on: string, rest: readonly FlowStep[] = []) => {
    const url = callback(options, {
      do_on: on,
      do_step: step,
      do_ref: reference,
      do_flow: rest.length === 0 ? undefined : pack(rest),
    })
    if (url !== undefined && url.length > 4000) throw tooLong()
    return url
  }
  const body: string[] = []
  for (const [index, current] of steps.entries()) {
    body.push(element(current, hook, steps.slice(index + 1)))
    if (waits(current)) break
  }
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${body.join('')}</Response>`
}

export const tooLong = () =>
  refuse('flow_too_long', 'Twilio takes 4,000 characters of TwiML, or in one URL. Redirect to a URL that answers the rest.', {
    field: 'flow',
    elsewhere: true,
  })

const waits = ({ verb }: FlowStep) => verb === 'gather' || verb === 'record'

/** What only this vendor refuses in a flow, before anything is sent. */
export function checkFlow(flow: CallFlow, options: TwilioOptions, outbound: boolean): void {
  for (const step of flow.steps) {
    if (step.verb === 'say') speech(step)
    if (step.verb === 'gather') for (const prompt of step.prompt ?? []) if (prompt.verb === 'say') speech(prompt)
    if (step.verb === 'reject' && outbound) {
      throw refuse('invalid_flow', 'Only an incoming call can be rejected. Use "hangup".', { field: 'flow' })
    }
    if (waits(step) && options.webhookUrl === undefined) {
      throw refuse('webhook_url_missing', `Twilio reports the result of "${step.verb}" to a webhook. Set webhookUrl.`, {
        field: 'flow',
      })
    }
  }
}

type Hook = (on: string, rest?: readonly FlowStep[]) => string | undefined

function element(step: FlowStep, hook: Hook, rest: readonly FlowStep[]): string {
  switch (step.verb) {
    case 'say':
      return tag('Say', { ...speech(step), loop: step.loop }, text(step.text))
    case 'play':
      return tag('Play', { loop: step.loop }, text(step.url))
    case 'gather': {
      const { digits: numDigits, finishOn: finishOnKey, timeout } = step
      const prompt = (step.prompt ?? []).map((part) => element(part, hook, [])).join('')
      return tag('Gather', { numDigits, finishOnKey, timeout, actionOnEmptyResult: true, action: hook('gather', rest) }, prompt)
    }
    case 'dial':
      return tag('Dial', { callerId: step.from, timeout: step.timeout, ...(step.record ? recorded(hook) : {}) }, text(step.to))
    case 'conference':
      return tag('Dial', {}, tag('Conference', { muted: step.muted, endConferenceOnExit: step.endOnExit }, text(step.name)))
    case 'record': {
      const { maxSeconds: maxLength, finishOn: finishOnKey, beep: playBeep } = step
      const action = hook('record', rest)
      return tag('Record', { maxLength, finishOnKey, playBeep, action, recordingStatusCallback: hook('recording') }, '')
    }
    case 'pause':
      return tag('Pause', { length: step.seconds }, '')
    case 'redirect':
      return tag('Redirect', {}, text(step.url))
    case 'reject':
      return tag('Reject', { reason: step.reason }, '')
    case 'hangup':
      return tag('Hangup', {}, '')
  }
}

const recorded = (hook: Hook) => ({ record: 'record-from-answer', recordingStatusCallback: hook('recording') })

function tag(name: string, attributes: Readonly<Record<string, string | number | boolean | undefined>>, content: string): string {
  const list = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const head = `<${name}${list.map(([key, value]) => ` ${key}="${text(String(value))}"`).join('')}`
  return content === '' ? `${head}/>` : `${head}>${content}</${name}>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Control characters, which XML cannot hold, are left out. */
function text(value: string): string {
  return value.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '').replace(/[&<>"]/g, (character) => entities[character] as string)
}

function pack(steps: readonly FlowStep[]): string {
  return toBase64(new TextEncoder().encode(JSON.stringify(steps)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** The rest of a flow out of an event's `continuation`. */
export function unpack(continuation: string | undefined): readonly FlowStep[] {
  if (continuation === undefined) return []
  return JSON.parse(new TextDecoder().decode(fromBase64(continuation.replaceAll('-', '+').replaceAll('_', '/'))))
}
