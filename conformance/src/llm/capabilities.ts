import type { GenerateInput, UserPart } from '@do/llm'
import type { Streaming } from '@do/provider'
import { NotApplicable, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { asking, clockTool, type LlmCheck, type LlmWorld, pieced, weather } from './world.ts'

type Wish = (world: LlmWorld) => readonly (() => Promise<unknown>)[]

const data = new Uint8Array(16)

const both =
  (more: Partial<GenerateInput>): Wish =>
  (world) => [() => world.provider.generate(asking(world, more)), () => pieced(world)(more)]

const showing = (part: UserPart): Wish => both({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Look.' }, part] }] })

/** Reads a stream for its error. */
async function read(stream: Streaming<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** Calls that need a capability. */
const wishes: Readonly<Record<string, Wish>> = {
  tools: both({ tools: [weather, clockTool] }),
  'structured-output': both({ output: { schema: weather.parameters } }),
  json: both({ output: 'json' }),
  vision: showing({ type: 'image', data, mediaType: 'image/png' }),
  files: showing({ type: 'file', data, mediaType: 'application/pdf' }),
  'audio-input': showing({ type: 'audio', data, mediaType: 'audio/wav' }),
  thinking: both({ thinking: 'high' }),
  embeddings: ({ provider }) => [() => provider.embed({ model: 'any', input: ['x'] })],
  'embedding-dimensions': ({ provider }) => [() => provider.embed({ model: 'any', input: ['x'], dimensions: 256 })],
  images: ({ provider }) => [() => provider.image({ model: 'any', prompt: 'x' })],
  speech: ({ provider }) => [() => provider.speak({ model: 'any', text: 'x' })],
  'speech-stream': ({ provider }) => [() => read(provider.speakStream({ model: 'any', text: 'x' }))],
  transcription: ({ provider }) => [() => provider.transcribe({ model: 'any', audio: data, mediaType: 'audio/wav' })],
  'transcription-stream': ({ provider }) => [
    () => read(provider.transcribeStream({ model: 'any', audio: data, mediaType: 'audio/wav' })),
  ],
  models: ({ provider }) => [() => provider.models.list().page()],
  'relay:openai.chat': ({ provider }) => [() => read(provider.relay({ model: 'any', wire: 'openai.chat', body: {} }))],
  'relay:anthropic.messages': ({ provider }) => [
    () => read(provider.relay({ model: 'any', wire: 'anthropic.messages', body: {} })),
  ],
}

export const capabilities: readonly LlmCheck[] = [
  {
    id: 'llm.capability.refused',
    level: 'must',
    title: 'What is not declared is refused before anything is sent, never silently left out',
    why: why.capabilities,
    run: async (world) => {
      const missing = Object.entries(wishes).filter(([capability]) => !world.provider.supports(capability))
      if (missing.length === 0) throw new NotApplicable('Every capability is declared.')
      for (const [capability, wish] of missing) {
        for (const [index, call] of wish(world).entries()) {
          await refused(call, `Call ${index + 1} of those that need ${capability}`, { code: 'unsupported' })
        }
      }
      same(world.requests().length, 0, 'Requests sent')
    },
  },
  {
    id: 'llm.webhook.stranger',
    level: 'must',
    title: 'A request of somebody else is no webhook',
    why: why.webhooks,
    run: async (world) => {
      const request = new Request(world.at.webhookUrl, { method: 'POST', body: '{"type":"answer.ready"}' })
      await refused(() => world.provider.receive(request), 'A request without any header of the vendor', {
        code: ['webhook_signature', 'webhook_unrecognised'],
      })
    },
  },
]
