import { bodyOf, type RelayEvent, type RelayInput, wholeEvents } from '@do/llm'
import type { Clock, DriverContext } from '@do/provider'
import { costOfAnswer, counted, isJson, type Setting, tellGateway } from './answer.ts'
import type { Connection } from './client.ts'
import { finishOf, throwIfRefused } from './reader.ts'
import { lookAt, nothingSeen, type Seen, scan } from './relay-scan.ts'
import { usageOf } from './usage.ts'

/**
 * Passes on requests in the language of OpenAI's chat completions, but for the model's name, and the answer byte by byte.
 * https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/
 */
export const relaying =
  (chat: NonNullable<Connection['chat']>, setting: Setting) =>
  async (
    { model: asked, body, headers = {} }: RelayInput,
    { signal, clock }: DriverContext,
  ): Promise<AsyncIterable<RelayEvent>> => {
    const model = asked as string
    const streams = body.stream === true
    const options = body.stream_options as { readonly include_usage?: unknown } | null | undefined
    const hidesUsage = streams && options?.include_usage !== true
    const wish = hidesUsage ? { stream_options: { ...options, include_usage: true } } : {}
    const response = await chat({ ...body, model, ...wish }, passedOn(headers))
    tellGateway(setting, 'relay', model, response)
    const start: RelayEvent = {
      type: 'start',
      provider: setting.provider,
      model,
      contentType: response.headers.get('content-type') ?? 'application/json',
      headers: shown(response.headers),
    }
    const finish = (seen: Seen): RelayEvent => {
      const usage = usageOf(seen.usage)
      return {
        type: 'finish',
        finish: finishOf(seen.finished.get(0) ?? seen.finished.values().next().value, {
          isLong: false,
          refused: false,
          calls: false,
        }),
        ...counted(usage, costOfAnswer(setting, model, usage, response)),
      }
    }
    const choices = typeof body.n === 'number' ? body.n : 1
    return isJson(response)
      ? whole(response, start, finish)
      : events(response, start, finish, { choices, hidesUsage, signal, clock })
  }

/** Headers of a client that mean something to Workers AI. */
const passedOn = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() === 'x-session-affinity'))

const showable = /^(?:cf-ray|cf-ai-req-id|cf-aig-(?:log-id|cache-status|step)|x-request-id|x-ratelimit-.*|retry-after)$/

const shown = (headers: Headers) => Object.fromEntries([...headers].filter(([name]) => showable.test(name)))

async function* whole(response: Response, start: RelayEvent, finish: (seen: Seen) => RelayEvent): AsyncGenerator<RelayEvent> {
  const data = new Uint8Array(await response.arrayBuffer())
  const answer: unknown = JSON.parse(new TextDecoder().decode(data))
  if (typeof answer !== 'object' || answer === null) throw new Error('The answer is no object.')
  throwIfRefused(answer)
  const { choices } = answer as { readonly choices?: unknown }
  if (!Array.isArray(choices) || choices.length === 0) throw new Error('The answer holds no choice.')
  const seen = nothingSeen()
  lookAt(answer, seen)
  yield start
  yield { type: 'bytes', data, output: true }
  yield finish(seen)
}

interface Rules {
  /** How many answers were asked for. */
  readonly choices: number
  /** The client did not ask for usage, so it does not see the event that holds it. */
  readonly hidesUsage: boolean
  readonly signal: AbortSignal
  readonly clock: Clock
}

async function* events(
  response: Response,
  start: RelayEvent,
  finish: (seen: Seen) => RelayEvent,
  { choices, hidesUsage, signal, clock }: Rules,
): AsyncGenerator<RelayEvent> {
  yield start
  const seen = nothingSeen()
  const body = bodyOf(response, signal, clock, { mayGather: true })
  for await (const chunk of wholeEvents(body)) {
    const data = scan(chunk as Uint8Array<ArrayBuffer>, seen, hidesUsage)
    if (data !== undefined) yield { type: 'bytes', data, output: seen.output }
    if (!seen.done) {
      // The first output goes out at once.
      if (seen.output) body.gather()
      continue
    }
    body.settle()
    break
  }
  // With a reason missing it is not whole, end mark or not: the kernel says so.
  if (seen.finished.size >= (seen.done ? 1 : choices)) yield finish(seen)
}
