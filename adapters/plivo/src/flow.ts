import { refuse, sha256 } from '@do/provider'
import type { CallFlow, FlowStep } from '@do/telephony'
import { type Carried, fits, pack } from './carry.ts'
import { bare, withQuery } from './wire.ts'

export interface Rendering {
  /** Where Plivo asks on. Without it, steps that need an answer are refused. */
  readonly webhookUrl: string | undefined
  readonly reference: string | undefined
  /** The event that this answers: makes the ids of the next events, the same ones for a repeated delivery. */
  readonly eventId: string
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** The longest that Plivo records and lets a call last by default, in seconds. */
const fourHours = 14_400

/** Languages of the voices WOMAN and MAN: https://www.plivo.com/docs/voice/xml/audio-output */
const languages = new Set([
  'en-US',
  'en-GB',
  'en-AU',
  'de-DE',
  'fr-FR',
  'fr-CA',
  'es-ES',
  'es-US',
  'it-IT',
  'nl-NL',
  'pl-PL',
  'pt-BR',
  'pt-PT',
  'ru-RU',
  'da-DK',
  'sv-SE',
])
const womanOnly = new Set(['fr-CA', 'sv-SE'])
const regions: Readonly<Record<string, string>> = { en: 'US', pt: 'BR', da: 'DK', sv: 'SE' }

const fullLanguage = (language: string) =>
  language.includes('-') ? language : `${language}-${regions[language] ?? language.toUpperCase()}`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

function xml(name: string, attributes: Attributes, content = ''): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const open = [name, ...given.map(([key, value]) => `${key}="${escaped(String(value))}"`)].join(' ')
  return content === '' ? `<${open}/>` : `<${open}>${content}</${name}>`
}

type Spoken = Extract<FlowStep, { verb: 'say' | 'play' }>

function spoken(step: Spoken): string {
  if (step.verb === 'play') return xml('Play', { loop: step.loop }, escaped(step.url))
  const voice = step.voice === undefined ? undefined : step.voice === 'male' ? 'MAN' : 'WOMAN'
  const language = step.language === undefined ? undefined : fullLanguage(step.language)
  return xml('Speak', { voice, language, loop: step.loop }, escaped(step.text))
}

/**
 * Plivo XML of the flow. A `gather` ends the document: the steps behind it travel in the URL that Plivo asks next.
 * https://www.plivo.com/docs/voice/xml/overview
 */
export async function render({ steps, record }: Carried, rendering: Rendering): Promise<string> {
  const parts: string[] = []
  const ask = async (event: string, index: number, more: string | undefined) => {
    const id = (await sha256(`${rendering.eventId}/${index}/${event}`)).slice(0, 16)
    return fits(withQuery(needed(rendering.webhookUrl), { do_ev: event, do_ref: rendering.reference, do_id: id, do_flow: more }))
  }
  const recorded = () => {
    const url = withQuery(needed(rendering.webhookUrl), { do_ev: 'record', do_ref: rendering.reference })
    return { redirect: false, callbackUrl: url, callbackMethod: 'POST' }
  }
  if (record) parts.push(xml('Record', { recordSession: true, maxLength: fourHours, ...recorded() }))
  for (const [index, step] of steps.entries()) {
    switch (step.verb) {
      case 'say':
      case 'play':
        parts.push(spoken(step))
        break
      case 'gather': {
        const rest = await pack({ steps: steps.slice(index + 1) })
        const { timeout = 5, digits: numDigits, finishOn: finishOnKey } = step
        const action = await ask('gather', index, rest)
        const attributes = { action, method: 'POST', timeout, digitTimeout: timeout, numDigits, finishOnKey, retries: 1 }
        parts.push(xml('GetDigits', attributes, step.prompt?.map(spoken).join('')))
        // Who presses nothing falls through to the next element: that asks the webhook as well.
        parts.push(xml('Redirect', { method: 'POST' }, escaped(await ask('timeout', index, rest))))
        return document(parts)
      }
      case 'dial': {
        if (step.record) parts.push(xml('Record', { startOnDialAnswer: true, maxLength: fourHours, ...recorded() }))
        const callerId = step.from === undefined ? undefined : bare(step.from)
        parts.push(xml('Dial', { callerId, timeout: step.timeout ?? 30 }, xml('Number', {}, bare(step.to))))
        break
      }
      case 'conference':
        parts.push(xml('Conference', { muted: step.muted, endConferenceOnExit: step.endOnExit }, step.name))
        break
      case 'record':
        parts.push(xml('Record', { maxLength: step.maxSeconds, finishOnKey: step.finishOn, playBeep: step.beep, ...recorded() }))
        break
      case 'pause':
        parts.push(xml('Wait', { length: step.seconds }))
        break
      case 'redirect':
        parts.push(xml('Redirect', { method: 'POST' }, escaped(step.url)))
        break
      case 'reject':
        parts.push(xml('Hangup', { reason: step.reason ?? 'rejected' }))
        break
      case 'hangup':
        parts.push(xml('Hangup', {}))
    }
  }
  return document(parts)
}

const document = (parts: readonly string[]) => `<Response>${parts.join('')}</Response>`

function needed(webhookUrl: string | undefined): string {
  if (webhookUrl !== undefined) return webhookUrl
  throw refuse('webhook_url_missing', 'Plivo asks a URL what to do on a call. Give the adapter its "webhookUrl".', {
    field: 'webhookUrl',
  })
}

/** What Plivo cannot do inside a step that it has otherwise. */
export function checkFlow(flow: CallFlow, webhookUrl: string | undefined, fetched: boolean): void {
  if (fetched) needed(webhookUrl)
  for (const [index, step] of flow.steps.entries()) {
    const field = `flow.steps.${index}`
    if (step.verb === 'gather') for (const prompt of step.prompt ?? []) checkSpoken(prompt, `${field}.prompt.0`)
    if (step.verb === 'say') checkSpoken(step, field)
    if (step.verb === 'record' && step.maxSeconds === 1) {
      throw refuse('unsupported_option', 'Plivo records 2 seconds at least.', { field: `${field}.maxSeconds`, elsewhere: true })
    }
    if (step.verb === 'gather' || step.verb === 'record' || (step.verb === 'dial' && step.record)) needed(webhookUrl)
  }
}

function checkSpoken(step: Spoken, field: string): void {
  if (step.verb !== 'say' || (step.language === undefined && step.voice === undefined)) return
  const language = fullLanguage(step.language ?? 'en-US')
  if (!languages.has(language)) {
    throw refuse('unsupported_option', `Plivo's voices do not speak "${language}".`, {
      field: `${field}.language`,
      elsewhere: true,
    })
  }
  if (step.voice === 'male' && womanOnly.has(language)) {
    throw refuse('unsupported_option', `Plivo has no male voice for "${language}".`, { field: `${field}.voice`, elsewhere: true })
  }
}
