import { anthropicLlm } from '@do/anthropic'
import { type AnthropicTwin, anthropicTwin } from '@do/fixtures/anthropic'
import type { GenerateInput, Generation } from '@do/llm'
import { anthropicSpec } from './anthropic-spec.ts'
import { type Checked, checked } from './checked.ts'

export interface AnthropicScene {
  readonly twin: AnthropicTwin
  readonly provider: ReturnType<typeof anthropicLlm>
  readonly watch: Checked
  /** Asks at once and in pieces. */
  readonly both: (input: Partial<GenerateInput>) => Promise<Generation | undefined>
}

export function anthropicScene(): AnthropicScene {
  const twin = anthropicTwin()
  const watch = checked(twin.fetch, anthropicSpec())
  const provider = anthropicLlm({ ...twin.credentials, fetch: watch.fetch, clock: twin.clock })
  const both = async (input: Partial<GenerateInput>) => {
    const whole = { model: twin.models.chat, messages: [{ role: 'user', content: 'How are you?' }], ...input } as GenerateInput
    const answer = await provider.generate(whole).catch(() => undefined)
    await lenient(drain(provider.stream(whole)))
    return answer
  }
  return { twin, provider, watch, both }
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
const tools = [weather, { ...weather, name: 'climate', strict: true, cache: '1h' as const }]
const pixel = new Uint8Array([137, 80, 78, 71])

async function talking({ twin, both }: AnthropicScene): Promise<void> {
  await both({})
  await both({
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache: '5m' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', data: pixel, mediaType: 'image/png' },
          { type: 'image', url: 'https://example.com/a.png' },
          { type: 'file', data: pixel, mediaType: 'application/pdf', name: 'a.pdf', cache: '1h' },
          { type: 'file', url: 'https://example.com/a.pdf', mediaType: 'application/pdf' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'A boat.' }] },
      { role: 'user', content: 'And now?' },
    ],
    temperature: 0.5,
    stop: ['END'],
    maxOutputTokens: 50,
    user: 'u-1',
  })
  await both({ topP: 0.9 })
  const scripts = [
    { refuses: 'I will not.' },
    { text: 'Half', finish: 'length' },
    { text: 'x', cacheRead: 9, cacheWrite: 3 },
  ] as const
  for (const script of scripts) {
    twin.say(script, script)
    await both({})
  }
  await both({ maxOutputTokens: 1 })
}

async function thinking({ twin, both }: AnthropicScene): Promise<void> {
  const model = twin.models.thinking as string
  for (const level of ['off', 'low', 'medium', 'high'] as const) {
    const script = { thinks: 'Let me see.', text: 'Yes.' }
    twin.say(script, script)
    const answer = await both({ model, thinking: level })
    if (answer === undefined) continue
    const messages: GenerateInput['messages'] = [
      { role: 'user', content: 'How are you?' },
      { role: 'assistant', content: answer.content },
      { role: 'user', content: 'Really?' },
    ]
    await both({ model, thinking: level, messages })
  }
  for (const older of ['claude-haiku-4-5', 'claude-sonnet-4-5']) await both({ model: older, thinking: 'medium' })
}

async function calling({ twin, both }: AnthropicScene): Promise<void> {
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
        content: [{ type: 'tool_call', id: 'toolu_1', name: 'weather', arguments: '{"place":"Rome","days":1}' }],
      },
      {
        role: 'tool',
        toolCall: 'toolu_1',
        content: [
          { type: 'text', text: '20' },
          { type: 'image', data: pixel, mediaType: 'image/png' },
        ],
        isError: true,
        cache: '5m',
      },
    ],
  })
  for (const toolChoice of ['auto', 'none', 'required', { tool: 'climate' }] as const) await both({ tools, toolChoice })
  await both({ tools, parallelTools: false })
}

async function shaping({ both }: AnthropicScene): Promise<void> {
  await both({ output: { schema: weather.parameters, name: 'forecast' } })
  await both({ output: { schema: { type: 'object', properties: { a: { type: 'string' } } } } })
  await both({ output: 'json' })
}

async function listing({ provider, twin }: AnthropicScene): Promise<void> {
  await drain(provider.models.list({}))
  await drain(provider.models.list({ limit: 2 } as never))
  const client = await provider.client
  await client.models.retrieve(twin.models.chat)
  await lenient(client.models.retrieve('claude-none'))
  await client.messages.countTokens({ model: twin.models.chat, messages: [{ role: 'user', content: 'x' }] })
}

/** Refusals and broken answers: what the vendor says then. */
async function breaking({ twin, provider, both }: AnthropicScene): Promise<void> {
  for (const kind of ['unauthorized', 'invalid', 'rate-limit'] as const) {
    twin.faults.next({ kind })
    await both({})
  }
  for (const status of [500, 503, 504] as const) {
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
    await lenient(drain(provider.stream({ model: twin.models.chat, messages: [{ role: 'user', content: 'x' }] })))
  }
  await both({ model: 'claude-none' })
}

export const anthropicJourneys: readonly (readonly [string, (at: AnthropicScene) => Promise<void>])[] = [
  ['conversations', talking],
  ['thinking', thinking],
  ['tools', calling],
  ['answers of a shape', shaping],
  ['models and counts', listing],
  ['refusals and errors in streams', breaking],
]
