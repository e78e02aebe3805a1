import { refuse } from '@do/provider'
import type { CallFlow, FlowStep } from '@do/telephony'
import { defined } from './client.ts'
import { type CallState, writeState } from './state.ts'

/** One command of Call Control. `open`: joins the conference of that name, or opens it. */
export interface Command {
  readonly action: string
  readonly body: Readonly<Record<string, unknown>>
}

/** https://developers.telnyx.com/api-reference/call-commands/speak-text; the first of a language is its default. */
const languages =
  'en-US en-GB en-AU en-IN es-ES es-MX es-US fr-FR fr-CA pt-BR pt-PT de-DE it-IT nl-NL da-DK sv-SE nb-NO is-IS pl-PL ro-RO ru-RU tr-TR ja-JP ko-KR hi-IN cy-GB cmn-CN arb'.split(
    ' ',
  )
const aliases: Readonly<Record<string, string>> = { zh: 'cmn-CN', 'zh-CN': 'cmn-CN', ar: 'arb', no: 'nb-NO', 'no-NO': 'nb-NO' }

const spoken = (language = 'en-US') =>
  aliases[language] ?? languages.find((known) => known === language || known.startsWith(`${language}-`))

type Say = Extract<FlowStep, { verb: 'say' }>

const voice = ({ voice = 'female', language }: Pick<Say, 'voice' | 'language'>) => ({ voice, language: spoken(language) })

/** Telnyx documents a break of at most ten seconds at a time, as its speech engine has it. */
function silence(seconds: number): string {
  const breaks: number[] = []
  for (let left = seconds; left > 0; left -= 10) breaks.push(Math.min(left, 10))
  return `<speak>${breaks.map((part) => `<break time="${part}s"/>`).join('')}</speak>`
}

type Rendered = readonly [action: string, body: object, state?: Pick<CallState, 'k' | 'n'>]

const rendered: { readonly [Verb in FlowStep['verb']]: (step: Extract<FlowStep, { verb: Verb }>, state: CallState) => Rendered } =
  {
    say: (step) => ['speak', { payload: step.text, ...voice(step), loop: step.loop }],
    play: ({ url, loop }) => ['playback_start', { audio_url: url, loop }],
    pause: ({ seconds }) => ['speak', { payload: silence(seconds), payload_type: 'ssml', ...voice({}) }],
    gather: ({ prompt, digits, finishOn, timeout = 5 }) => {
      const [ask] = prompt ?? []
      const wait = timeout * 1000
      const common = { maximum_digits: digits, terminating_digit: finishOn, inter_digit_timeout_millis: wait }
      const n = { n: digits }
      if (ask === undefined) return ['gather', { ...common, initial_timeout_millis: wait }, n]
      // Telnyx would ask three times.
      const once = { ...common, timeout_millis: wait, maximum_tries: 1 }
      if (ask.verb === 'play') return ['gather_using_audio', { ...once, audio_url: ask.url }, n]
      return [
        'gather_using_speak',
        {
          ...once,
          payload: Array(ask.loop ?? 1)
            .fill(ask.text)
            .join(' '),
          ...voice(ask),
        },
        n,
      ]
    },
    dial: ({ to, from, timeout, record }, state) => [
      'transfer',
      {
        to,
        // Without it the other side would see the number that was called, which need not be ours.
        from: from ?? (state.i === 1 ? state.t : state.f),
        timeout_secs: timeout,
        ...(record === true ? { record: 'record-from-answer' } : {}),
        // What comes after the dial is done once the other leg has ended, and that leg's events say so.
        target_leg_client_state: writeState({ r: state.r, c: state.c, t: state.t, f: state.f, i: state.i, s: state.s, leg: 1 }),
        ...((state.s?.length ?? 0) > 0 ? { park_after_unbridge: 'self' } : {}),
      },
    ],
    conference: ({ name }) => ['open', { name }],
    record: ({ maxSeconds, beep, finishOn }) => [
      'record_start',
      { format: 'mp3', channels: 'single', recording_track: 'inbound', max_length: maxSeconds, play_beep: beep },
      { k: finishOn },
    ],
    redirect: () => ['hangup', {}],
    reject: ({ reason }) => ['reject', { cause: reason === 'busy' ? 'USER_BUSY' : 'CALL_REJECTED' }],
    hangup: () => ['hangup', {}],
  }

/** The command for the next step; the steps after it travel along. At the end of a flow the call is hung up. */
export function nextCommand(state: CallState, commandId: string): Command {
  const [step, ...rest] = state.s ?? []
  const kept: CallState = { r: state.r, c: state.c, t: state.t, f: state.f, i: state.i }
  const ids = (more: CallState) => ({ client_state: writeState({ ...kept, ...more }), command_id: commandId })
  if (step === undefined) return { action: 'hangup', body: ids({}) }
  const [action, body, extra] = (rendered[step.verb] as (step: FlowStep, state: CallState) => Rendered)(step, {
    ...kept,
    s: rest,
  })
  return { action, body: { ...defined(body), ...ids({ s: rest, w: step.verb, ...extra }) } }
}

/** Refuses what Telnyx cannot do inside a step that it otherwise has. */
export function checkFlow(flow: CallFlow | undefined, live: boolean): void {
  for (const [index, step] of (flow?.steps ?? []).entries()) {
    const no = (message: string, name: string) =>
      refuse('unsupported', message, { field: `flow.steps.${index}.${name}`, elsewhere: true })
    const says = step.verb === 'say' ? [step] : step.verb === 'gather' ? (step.prompt ?? []) : []
    for (const part of says) {
      if (part.verb === 'play') {
        if ((part.loop ?? 1) > 1) throw no('Telnyx plays a prompt once before it waits for keys.', 'prompt.0.loop')
        continue
      }
      if (spoken(part.language) === undefined) throw no(`Telnyx does not speak "${part.language}".`, 'language')
      if (step.verb === 'gather' && (part.text.length + 1) * (part.loop ?? 1) > 3001)
        throw no('The prompt is too long for Telnyx: 3,000 characters with its repetitions.', 'prompt')
    }
    if (step.verb === 'dial' && step.timeout !== undefined && step.timeout < 5)
      throw no('Telnyx rings for at least 5 seconds.', 'timeout')
    if (step.verb === 'conference' && (step.muted === true || step.endOnExit === true)) {
      throw no(
        'Telnyx sets "muted" and "endOnExit" only on callers who join an open conference, not on the one who opens it.',
        step.muted === true ? 'muted' : 'endOnExit',
      )
    }
    if (step.verb === 'reject' && live)
      throw refuse('invalid_flow', 'Only an incoming call can be rejected.', { field: `flow.steps.${index}` })
  }
}
