import type { Descriptor } from '@do/provider'

export const descriptor: Descriptor = {
  vendor: 'anthropic',
  docs: 'https://platform.claude.com/docs/en/api/messages',
  capabilities: {
    tools: true,
    'structured-output': true,
    json: 'Anthropic answers JSON of a given schema only: give `output.schema`',
    vision: true,
    files: true,
    'audio-input': "Anthropic's models do not listen",
    thinking: true,
    'prompt-cache': true,
    seed: 'Anthropic takes no seed: it is left out, and `warnings` says so',
    embeddings: 'Anthropic has no embedding models',
    'embedding-dimensions': 'Anthropic has no embedding models',
    images: "Anthropic's models make no images",
    speech: "Anthropic's models do not speak",
    'speech-stream': "Anthropic's models do not speak",
    transcription: "Anthropic's models do not listen",
    'transcription-stream': "Anthropic's models do not listen",
    models: true,
    'relay:openai.chat': "Anthropic's copy of OpenAI's language is for trials only, as Anthropic says",
    'relay:anthropic.messages': true,
  },
  limits: { cacheMarks: 4, requestBytes: 32_000_000 },
  operations: {},
}
