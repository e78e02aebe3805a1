import { costOf, type llm, type ModelInfo, type SpeechEvent, type TranscriptEvent } from '@do/llm'
import { type DriverCalls, type DriverContext, fromBase64, toBase64, VendorRefusal } from '@do/provider'
import type { MemoryLlmClient } from './client.ts'
import { counted, type From } from './from-vendor.ts'
import { dataOf } from './sse.ts'
import { endMark, type VendorCounts, type VendorEvent } from './wire.ts'

type Calls = DriverCalls<(typeof llm)['operations']>
type Json = Record<string, any>

const read = async (response: Promise<Response>) => (await (await response).json()) as Json

/** Vectors, pictures, sound and the list of models. */
export function mediaOperations(client: () => Promise<MemoryLlmClient>, from: From) {
  const ask = async (path: string, body: object, { signal }: DriverContext) => (await client()).ask('POST', path, body, signal)
  const told = (answer: Json) => ({
    provider: from.provider,
    model: String(answer.model),
    ...counted(answer.counts as VendorCounts, String(answer.model), from.prices),
  })
  return {
    embed: async ({ model, input, dimensions, purpose }, context) => {
      const answer = await read(ask('/vectors', { model, texts: input, size: dimensions, purpose }, context))
      return { embeddings: answer.vectors, ...told(answer) }
    },
    image: async ({ model, prompt, count, size, quality, format = 'png', seed }, context) => {
      const body = { model, prompt, count, size, quality, format, seed }
      const answer = await read(ask('/images', body, context))
      const images = (answer.images as string[]).map((data) => ({ data: fromBase64(data), mediaType: `image/${format}` }))
      return { images, ...told(answer) }
    },
    speak: async ({ model, text, voice, format = 'mp3', speed, instructions }, context) => {
      const answer = await read(ask('/speech', { model, text, voice, format, speed, instructions }, context))
      return { audio: fromBase64(answer.audio), mediaType: `audio/${format}`, ...told(answer) }
    },
    speakStream: async ({ model, text, voice, format = 'mp3', speed, instructions }, context) => {
      const body = { model, text, voice, format, speed, instructions, stream: true }
      const response = await ask('/speech', body, context)
      return spoken(eventsOf(response), from, `audio/${format}`)
    },
    transcribe: async ({ model, audio, mediaType, language, prompt, timestamps }, context) => {
      const body = { model, audio: toBase64(new Uint8Array(audio)), type: mediaType, language, prompt, timestamps }
      const answer = await read(ask('/transcripts', body, context))
      return { text: String(answer.text), ...(language === undefined ? {} : { language }), ...told(answer) }
    },
    transcribeStream: async ({ model, audio, mediaType, language, prompt }, context) => {
      const body = { model, audio: toBase64(new Uint8Array(audio)), type: mediaType, language, prompt, stream: true }
      const response = await ask('/transcripts', body, context)
      return written(eventsOf(response), from)
    },
    models: {
      list: async (_, { signal, handle }) => {
        const { models } = (await (await (await client()).ask('GET', '/models', undefined, signal)).json()) as Json
        return { items: (models as Json[]).map((model) => modelInfo(model, from, handle)) }
      },
    },
  } satisfies Calls
}

/** Events up to the vendor's end mark; without one the reader is not told that it is over. */
async function* eventsOf({ body }: Response): AsyncGenerator<VendorEvent | 'end'> {
  for await (const data of dataOf(body as ReadableStream<Uint8Array>)) {
    if (data === endMark) {
      yield 'end'
      return
    }
    const event = JSON.parse(data) as VendorEvent
    if (event.error !== undefined) throw new VendorRefusal(event.error.code)
    yield event
  }
}

async function* spoken(events: AsyncIterable<VendorEvent | 'end'>, from: From, mediaType: string): AsyncGenerator<SpeechEvent> {
  let model = ''
  let counts: VendorCounts | undefined
  for await (const event of events) {
    if (event === 'end') {
      yield { type: 'finish', ...(counts === undefined ? {} : counted(counts, model, from.prices)) }
      return
    }
    if (event.begin !== undefined) {
      model = event.begin.model
      yield { type: 'start', provider: from.provider, model, mediaType }
    }
    if (event.audio !== undefined) yield { type: 'audio', data: fromBase64(event.audio) }
    counts = event.counts ?? counts
  }
}

async function* written(events: AsyncIterable<VendorEvent | 'end'>, from: From): AsyncGenerator<TranscriptEvent> {
  let model = ''
  let text = ''
  let counts: VendorCounts | undefined
  for await (const event of events) {
    if (event === 'end') {
      yield { type: 'finish', text, ...(counts === undefined ? {} : counted(counts, model, from.prices)) }
      return
    }
    if (event.begin !== undefined) {
      model = event.begin.model
      yield { type: 'start', provider: from.provider, model }
    }
    if (event.text !== undefined) {
      text += event.text
      yield { type: 'text', text: event.text }
    }
    counts = event.counts ?? counts
  }
}

function modelInfo({ name, kind, context }: Json, { provider, prices }: From, handle: DriverContext['handle']): ModelInfo {
  const facts = { input: 1_000_000, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  const known = costOf(prices, 'memory', name, facts) !== undefined
  const price = prices.models.memory?.[name] ?? prices.models.memory?.['*']
  return {
    ...{ id: handle(name), provider, model: name, kind, capabilities: kind === 'chat' ? ['tools', 'vision', 'thinking'] : [] },
    ...(context === undefined ? {} : { context }),
    ...(known && price !== undefined ? { prices: pricesOf(price) } : {}),
  }
}

const pricesOf = (price: object): Record<string, number> =>
  Object.fromEntries(Object.entries(price).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
