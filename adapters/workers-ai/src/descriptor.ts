import type { Descriptor } from '@do/provider'
import { textsAtOnce } from './embed.ts'
import type { WorkersAiOptions } from './options.ts'

export const descriptor = (options: WorkersAiOptions): Descriptor => ({
  vendor: 'workers-ai',
  docs: 'https://developers.cloudflare.com/workers-ai/',
  capabilities: {
    tools: true,
    'structured-output': true,
    json: true,
    vision: true,
    files: 'no model of Workers AI reads files: turn them into text first (`env.AI.toMarkdown`)',
    'audio-input': 'no chat model of Workers AI hears: transcribe first',
    thinking: true,
    'prompt-cache': true,
    seed: true,
    embeddings: true,
    'embedding-dimensions': 'the models of Workers AI make vectors of one length each',
    images: true,
    speech: true,
    'speech-stream': true,
    transcription: true,
    'transcription-stream': 'Workers AI streams transcripts over WebSockets only',
    models: !('binding' in options) || options.binding.models !== undefined ? true : 'this binding has no `models`',
    'relay:openai.chat':
      'binding' in options ? "the binding answers in each model's own shape: pass accountId and apiToken instead" : true,
    'relay:anthropic.messages': "Workers AI does not speak Anthropic's language",
  },
  limits: { embedTexts: textsAtOnce, images: 1, seedLeast: 1 },
  operations: {
    // The interface takes 2,048 texts, a model a hundred at once: up to 21 requests, none of which changes anything.
    embed: { class: 'convergent', requests: Math.ceil(2048 / textsAtOnce) },
  },
})
