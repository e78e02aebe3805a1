import { type OpenaiTwin, type OpenaiTwinOptions, openaiTwin } from '@do/fixtures/openai'
import type { GenerateInput } from '@do/llm'
import { type OpenaiOptions, openaiLlm } from '@do/openai'
import { type Checked, checked } from './checked.ts'
import { openaiSpec } from './openai-spec.ts'

export interface OpenaiScene {
  readonly twin: OpenaiTwin
  readonly provider: ReturnType<typeof openaiLlm>
  readonly watch: Checked
  /** Asks at once and in pieces; what comes of it does not matter here. */
  readonly both: (input: Partial<GenerateInput>) => Promise<void>
  /** A request that the adapter would not send. */
  readonly post: (path: string, body: object) => Promise<void>
}

/** `by`: what is asked of the adapter beside. */
export function openaiScene({ api, ...by }: Omit<Partial<OpenaiOptions>, 'api'> & OpenaiTwinOptions = {}): OpenaiScene {
  const speaks = api === undefined ? {} : { api }
  const twin = openaiTwin(speaks)
  const watch = checked(twin.fetch, openaiSpec())
  const provider = openaiLlm({ ...twin.credentials, ...speaks, ...by, fetch: watch.fetch, clock: twin.clock })
  const both = async (input: Partial<GenerateInput>) => {
    const whole = { model: twin.models.chat, messages: [{ role: 'user', content: 'How are you?' }], ...input } as GenerateInput
    await lenient(provider.generate(whole))
    await lenient(drain(provider.stream(whole)))
  }
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${twin.credentials.apiKey}`, 'content-type': 'application/json' }
    const response = await watch.fetch(`${twin.baseUrl}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    await response.arrayBuffer()
  }
  return { twin, provider, watch, both, post }
}

const lenient = async (call: Promise<unknown>) => void (await call.catch(() => {}))
const drain = async (stream: AsyncIterable<unknown>) => {
  for await (const _ of stream);
}

const weather = {
  name: 'weather',
  description: 'The weather of a place',
  parameters: {
    type: 'object',
    properties: { place: { type: 'string' }, days: { type: 'integer' } },
    required: ['place', 'days'],
    additionalProperties: false,
  },
}
const tools = [weather, { ...weather, name: 'climate', strict: true }]
const pixel = new Uint8Array([137, 80, 78, 71])

async function talking({ twin, both }: OpenaiScene): Promise<void> {
  await both({})
  await both({
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        name: 'anna',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', data: pixel, mediaType: 'image/png', detail: 'low' },
          { type: 'image', url: 'https://example.com/a.png' },
          { type: 'file', data: pixel, mediaType: 'application/pdf', name: 'a.pdf' },
          { type: 'audio', data: pixel, mediaType: 'audio/wav' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'A boat.' }] },
      { role: 'user', content: 'And now?' },
    ],
    temperature: 0.5,
    topP: 0.9,
    stop: ['END'],
    seed: 7,
    presencePenalty: 0.1,
    frequencyPenalty: -0.1,
    maxOutputTokens: 50,
    user: 'u-1',
  })
  const scripts = [
    { refuses: 'I will not.' },
    { text: 'Half', finish: 'length' },
    { text: 'Half', finish: 'content_filter' },
  ] as const
  for (const script of scripts) {
    twin.say(script, script)
    await both({})
  }
  twin.say({ text: 'x', cacheRead: 9, cacheWrite: 3 }, { text: 'x', cacheRead: 9, cacheWrite: 3 })
  await both({})
}

/** The same of Responses, which take files from anywhere, and pictures as results, but know no stop sequences and no seed. */
async function responding({ twin, both, provider }: OpenaiScene): Promise<void> {
  await both({})
  const shown = [
    { type: 'text', text: 'This:' },
    { type: 'image', data: pixel, mediaType: 'image/png' },
  ] as const
  const model = twin.models.thinking as string
  const wish = { model, tools, temperature: 0.5, thinking: 'off', maxOutputTokens: 50, user: 'u-1', parallelTools: true } as const
  await both({
    ...wish,
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', data: pixel, mediaType: 'image/png', detail: 'low' },
          { type: 'image', url: 'https://example.com/a.png' },
          { type: 'file', data: pixel, mediaType: 'application/pdf', name: 'a.pdf' },
          { type: 'file', url: 'https://example.com/a.pdf', mediaType: 'application/pdf' },
        ],
      },
      { role: 'assistant', content: 'A boat.' },
      { role: 'user', content: 'And now?' },
      { role: 'assistant', content: [{ type: 'tool_call', id: 'call_1', name: 'weather', arguments: '{}' }] },
      { role: 'tool', toolCall: 'call_1', content: [...shown] },
    ],
  })
  const scripts = [
    { refuses: 'I will not.' },
    { text: 'Half', finish: 'length' },
    { text: 'Half', finish: 'content_filter' },
    { text: '' },
    { text: 'x', cacheRead: 9, cacheWrite: 3 },
  ] as const
  for (const script of scripts) {
    twin.say(script, script)
    await both({})
  }
  // Thoughts go back as they came.
  twin.say({ thinks: 'Let me see.', text: 'I look.', tools: [{ name: 'weather', arguments: { place: 'Rome', days: 1 } }] })
  const first = await provider.generate({ model, tools, messages: [{ role: 'user', content: 'How warm is it?' }] })
  await both({
    model,
    tools,
    messages: [
      { role: 'user', content: 'How warm is it?' },
      { role: 'assistant', content: first.content },
      { role: 'tool', toolCall: first.toolCalls[0]?.id as string, content: '20' },
    ],
  })
}

/** What other clients ask of Responses. */
async function otherResponses({ post, twin }: OpenaiScene): Promise<void> {
  const ask = { model: twin.models.chat, input: 'How are you?' }
  await post('/responses', { ...ask, instructions: 'Be brief.', store: false, metadata: { a: 'b' }, service_tier: 'auto' })
  await post('/responses', { ...ask, stream: true, stream_options: { include_obfuscation: false } })
  await post('/responses', { ...ask, max_output_tokens: 20, prompt_cache_key: 'k', text: { verbosity: 'low' }, top_p: 0.5 })
  twin.say({ thinks: 'Hm.', text: 'Yes.' })
  await post('/responses', { ...ask, model: 'o3', stream: true })
  const lost = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA-nobody' }
  await post('/responses', { ...ask, input: [lost, { role: 'assistant', content: 'x' }] })
}

async function thinking({ twin, both }: OpenaiScene): Promise<void> {
  const model = twin.models.thinking as string
  for (const level of ['off', 'low', 'medium', 'high'] as const) {
    twin.say({ thinks: 'Let me see.', text: 'Yes.' }, { thinks: 'Let me see.', text: 'Yes.' })
    await both({ model, thinking: level, maxOutputTokens: 900 })
  }
  await both({ model: 'gpt-5.4-mini', thinking: 'off', temperature: 0.3 })
}

async function calling({ twin, both }: OpenaiScene): Promise<void> {
  const script = {
    text: 'Let me look.',
    tools: [
      { name: 'weather', arguments: { place: 'Rome', days: 1 } },
      { name: 'climate', arguments: { place: 'Öland', days: 2 } },
    ],
  }
  twin.say(script, script)
  await both({ tools })
  await both({
    tools,
    messages: [
      { role: 'user', content: 'Where is it warm?' },
      {
        role: 'assistant',
        content: [{ type: 'tool_call', id: 'call_1', name: 'weather', arguments: '{"place":"Rome","days":1}' }],
      },
      { role: 'tool', toolCall: 'call_1', content: '20', isError: true },
    ],
  })
  for (const toolChoice of ['auto', 'none', 'required', { tool: 'climate' }] as const) await both({ tools, toolChoice })
  await both({ tools, parallelTools: false })
}

async function shaping({ both }: OpenaiScene): Promise<void> {
  await both({ output: { schema: weather.parameters, name: 'forecast', description: 'What comes' } })
  await both({ output: { schema: { type: 'object', properties: { a: { type: 'string' } } } } })
  await both({ output: 'json', messages: [{ role: 'user', content: 'Some JSON, please.' }] })
}

async function media({ twin, provider }: OpenaiScene): Promise<void> {
  const { embedding = '', image = '', speech = '', transcription = '' } = twin.models
  await provider.embed({ model: embedding, input: ['one', 'two'] })
  await provider.embed({ model: embedding, input: ['one'], dimensions: 64 })
  await provider.image({ model: image, prompt: 'A boat' })
  await provider.image({ model: image, prompt: 'A boat', count: 2, size: '1536x1024', quality: 'high', format: 'webp' })
  const said = await provider.speak({ model: speech, text: 'Good day', voice: 'alloy', format: 'wav', speed: 1.5 })
  await provider.speak({ model: speech, text: 'Good day', instructions: 'Slowly.' })
  await drain(provider.speakStream({ model: speech, text: 'Good day' }))
  const recording = { audio: said.audio, mediaType: 'audio/wav' }
  await provider.transcribe({ model: transcription, ...recording, language: 'en', prompt: 'Anna' })
  await drain(provider.transcribeStream({ model: transcription, ...recording }))
  for (const timestamps of ['none', 'segments', 'words'] as const)
    await provider.transcribe({ model: 'whisper-1', ...recording, timestamps })
  await drain(provider.models.list({}))
  await (await provider.client).models.retrieve(image)
  await lenient((await provider.client).models.retrieve('gpt-none'))
}

/** What no call of ours asks for, and other clients do. */
async function others({ post, twin }: OpenaiScene): Promise<void> {
  const chat = { model: twin.models.chat, messages: [{ role: 'user', content: 'How are you?' }] }
  for (const stream of [false, true]) {
    await post('/chat/completions', {
      ...chat,
      stream,
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      service_tier: 'auto',
      store: false,
    })
    twin.say({ refuses: 'No.' })
    await post('/chat/completions', { ...chat, stream, logprobs: true })
  }
  await post('/chat/completions', { ...chat, stream: true, stream_options: { include_usage: true, include_obfuscation: false } })
  await post('/embeddings', { model: twin.models.embedding, input: 'x', encoding_format: 'float', user: 'u-1' })
  await post('/audio/speech', { model: twin.models.speech, input: 'x', voice: 'ash', stream_format: 'sse' })
}

/** Refusals and broken answers: what the vendor says then. */
async function breaking({ twin, provider, both }: OpenaiScene): Promise<void> {
  const wish = { model: twin.models.chat, messages: [{ role: 'user' as const, content: 'x' }] }
  for (const kind of ['unauthorized', 'invalid', 'rate-limit'] as const) {
    twin.faults.next({ kind })
    await both({})
  }
  for (const status of [500, 503] as const) {
    twin.faults.next({ kind: 'error', status, when: 'before' })
    await both({})
  }
  const refusals = [
    'context_length',
    'content_filter',
    'model_not_found',
    'insufficient_quota',
    'overloaded',
    'invalid_schema',
  ] as const
  for (const refusal of refusals) {
    twin.refuseNext(refusal)
    await both({})
  }
  for (const pieces of [0, 2]) {
    twin.say({ text: 'One two three' })
    twin.breakStream({ kind: 'error', pieces })
    await lenient(drain(provider.stream(wish)))
  }
  await both({ model: 'gpt-none' })
}

export const openaiJourneys: readonly (readonly [string, (at: OpenaiScene) => Promise<void>])[] = [
  ['conversations', talking],
  ['thinking', thinking],
  ['tools', calling],
  ['answers of a shape', shaping],
  ['vectors, pictures, sound and models', media],
  ['what other clients ask for', others],
  ['refusals and errors in streams', breaking],
]

/** The same conversations in OpenAI's other language. */
export const responsesJourneys: typeof openaiJourneys = [
  ['conversations', responding],
  ['thinking', thinking],
  ['tools', calling],
  ['answers of a shape', shaping],
  ['what other clients ask for', otherResponses],
  ['refusals and errors in streams', breaking],
]
