import { createProvider, type Driver, type DriverCalls, noWebhooks, refuse } from '@do/provider'
import { modelOf } from '../address.ts'
import { type GenerateRequest, type Generation, type GenerationEvent, generationOf, type Llm, llm, noUsage } from '../index.ts'

/** What the model answers next: text, or parts of an answer, or an error. */
export type Scripted = string | (Partial<Generation> & { readonly text?: string }) | Error

export interface Asked {
  readonly operation: string
  /** As the driver got it: of its own operation. */
  readonly input: GenerateRequest & { readonly [field: string]: unknown }
}

export interface ScriptedLlm {
  readonly llm: Llm
  /** What was asked, in order, operation by operation. */
  readonly asked: readonly Asked[]
  /** Answers for the next requests; after them it echoes what the user said. */
  answers(...next: readonly Scripted[]): void
}

const all = Object.fromEntries(Object.keys(llm.capabilities).map((name) => [name, true as const]))

/** A language model in memory, by a script: the whole kernel over it, and no wire. */
export function scriptedLlm(options: { readonly name?: string; readonly without?: readonly string[] } = {}): ScriptedLlm {
  const { name = 'scripted', without = [] } = options
  const asked: Asked[] = []
  const script: Scripted[] = []
  const note = (operation: string, input: object) => {
    asked.push({ operation, input: input as Asked['input'] })
    const next = script.shift()
    if (next instanceof Error) throw next
    return next
  }
  const answer = (operation: string, input: GenerateRequest): Generation => {
    const next = note(operation, input) ?? echo(input)
    const { text = '', ...more } = typeof next === 'string' ? { text: next } : next
    const facts = {
      id: 'a1',
      provider: name,
      model: modelOf(input),
      finish: 'stop' as const,
      usage: { ...noUsage, input: 10, output: 5 },
    }
    return generationOf({ ...facts, content: [{ type: 'text', text }], ...more }, { object: input.output !== undefined })
  }
  const operations: DriverCalls<typeof llm.operations> = {
    generate: async (input) => answer('generate', input),
    stream: async (input) => eventsOf(answer('stream', input)),
    embed: async (input) => {
      note('embed', input)
      return { embeddings: input.input.map((text) => [text.length, 1]), provider: name, model: modelOf(input) }
    },
    image: async (input) => {
      note('image', input)
      return { images: [{ data: new Uint8Array([1, 2]), mediaType: 'image/png' }], provider: name, model: modelOf(input) }
    },
    speak: async (input) => {
      note('speak', input)
      return { audio: new Uint8Array([3]), mediaType: 'audio/mpeg', provider: name, model: modelOf(input) }
    },
    transcribe: async (input) => {
      note('transcribe', input)
      return { text: `${input.audio.length} bytes`, provider: name, model: modelOf(input) }
    },
  }
  const driver: Driver<typeof llm, null> = {
    descriptor: {
      vendor: name,
      docs: 'https://example.com',
      capabilities: { ...all, ...Object.fromEntries(without.map((capability) => [capability, 'left out for this test'])) },
      limits: {},
      operations: {},
    },
    client: async () => null,
    operations,
    fault: () => ({}),
    errors: {},
    webhooks: noWebhooks,
  }
  return {
    llm: createProvider(llm, driver, { defaultBaseUrl: 'https://example.com' }),
    asked,
    answers: (...next) => void script.push(...next),
  }
}

/** The model refuses this request, as adapters say it. */
export const cannot = (code: string) => refuse(code, 'As scripted.')

function echo({ messages }: GenerateRequest): string {
  const content = messages.at(-1)?.content ?? ''
  return typeof content === 'string'
    ? content
    : content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('')
}

async function* eventsOf({ id, provider, model, text, finish, usage }: Generation): AsyncGenerator<GenerationEvent> {
  const events: GenerationEvent[] = [
    { type: 'start', id, provider, model },
    ...(text.match(/.{1,4}/gsu) ?? []).map((piece): GenerationEvent => ({ type: 'text', text: piece })),
    { type: 'finish', finish, ...(usage === undefined ? {} : { usage }) },
  ]
  yield* events
}
