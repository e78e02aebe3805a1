import { costOf, type FinishReason, type llm, type PriceTable, type RelayEvent, type Usage, wholeEvents } from '@do/llm'
import { type DriverCalls, VendorRefusal } from '@do/provider'
import type { MemoryLlmClient } from './client.ts'
import type { From } from './from-vendor.ts'
import { chunksOf } from './sse.ts'

type Relay = NonNullable<DriverCalls<(typeof llm)['operations']>['relay']>
type Json = Record<string, any>

/** What a relay reads of the foreign language, while the bytes pass. */
interface Reading {
  model: string
  output: boolean
  ended: boolean
  finish?: FinishReason
  usage?: Usage
}

const languages = { 'openai.chat': readOpenAi, 'anthropic.messages': readAnthropic } as const
const paths = { 'openai.chat': '/openai/chat/completions', 'anthropic.messages': '/anthropic/messages' } as const

/** Passes a request on as it is, and the answer's bytes as they come. */
export const relaying =
  (client: () => Promise<MemoryLlmClient>, from: From): Relay =>
  async ({ model, wire, body }, { signal }) => {
    const response = await (await client()).ask('POST', paths[wire], { ...body, model }, signal)
    return passing(response, model as string, languages[wire], from)
  }

async function* passing(
  response: Response,
  model: string,
  read: (event: Json, so: Reading) => void,
  { provider, prices }: From,
): AsyncGenerator<RelayEvent> {
  const so: Reading = { model, output: false, ended: false }
  const contentType = response.headers.get('content-type') ?? 'application/json'
  yield { type: 'start', provider, model, contentType, headers: kept(response.headers) }
  const body = response.body as ReadableStream<Uint8Array>
  if (!contentType.startsWith('text/event-stream')) {
    const data = new Uint8Array(await response.arrayBuffer())
    read(JSON.parse(new TextDecoder().decode(data)), so)
    yield { type: 'bytes', data, output: true }
    yield finished(so, prices)
    return
  }
  const decoder = new TextDecoder()
  for await (const data of wholeEvents(chunksOf(body))) {
    so.output = false
    for (const line of decoder.decode(data).split(/\r\n|\n|\r/)) {
      if (!line.startsWith('data:')) continue
      const text = line.slice(5).trim()
      if (text === '[DONE]') so.ended = true
      else read(JSON.parse(text), so)
    }
    yield { type: 'bytes', data: data as Uint8Array<ArrayBuffer>, output: so.output }
    if (so.ended) {
      yield finished(so, prices)
      return
    }
  }
}

const kept = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name === 'x-request-id' || name.startsWith('x-ratelimit-')))

function finished({ finish, usage, model }: Reading, prices: PriceTable): RelayEvent {
  const cost = usage === undefined ? undefined : costOf(prices, 'memory', model, usage)
  return {
    type: 'finish',
    ...(finish === undefined ? {} : { finish }),
    ...(usage === undefined ? {} : { usage }),
    ...(cost === undefined ? {} : { cost }),
  }
}

function readOpenAi({ error, choices = [], usage }: Json, so: Reading): void {
  if (error !== undefined) throw new VendorRefusal(String(error.code))
  const [choice] = choices
  if (choice?.delta?.content || choice?.message?.content) so.output = true
  if (choice?.finish_reason != null) so.finish = choice.finish_reason
  if (usage != null) {
    const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0
    const { prompt_tokens: prompt, completion_tokens: output } = usage
    so.usage = { input: prompt - cacheRead, cacheRead, cacheWrite: 0, output, reasoning: 0 }
  }
}

const anthropicEnds: Readonly<Record<string, FinishReason>> = { end_turn: 'stop', max_tokens: 'length' }

function readAnthropic(event: Json, so: Reading): void {
  if (event.type === 'error') throw new VendorRefusal(String(event.error.type))
  const { usage, stop_reason: reason } = event.type === 'message_delta' ? { ...event, ...event.delta } : (event.message ?? event)
  if (event.type === 'content_block_delta' || event.type === 'message') so.output = true
  if (event.type === 'message_stop') so.ended = true
  if (reason != null) so.finish = anthropicEnds[reason] ?? 'other'
  if (usage == null) return
  const before = so.usage ?? { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  so.usage = {
    input: usage.input_tokens ?? before.input,
    cacheRead: usage.cache_read_input_tokens ?? before.cacheRead,
    cacheWrite: usage.cache_creation_input_tokens ?? before.cacheWrite,
    output: usage.output_tokens ?? before.output,
    reasoning: 0,
  }
}
