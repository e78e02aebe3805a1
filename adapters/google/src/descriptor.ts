import type { Descriptor } from '@do/provider'
import { mostTexts } from './embed.ts'

const ownLanguage = 'This adapter speaks the Gemini API'

export const descriptor: Descriptor = {
  vendor: 'google',
  docs: 'https://ai.google.dev/api',
  capabilities: {
    tools: true,
    'structured-output': true,
    json: true,
    vision: true,
    files: true,
    'audio-input': true,
    thinking: true,
    'prompt-cache': true,
    seed: true,
    embeddings: true,
    'embedding-dimensions': true,
    images: true,
    speech: true,
    'speech-stream': true,
    transcription: true,
    'transcription-stream': true,
    models: true,
    'relay:openai.chat': `${ownLanguage}; for Google's endpoint in the language of OpenAI use openaiCompatibleLlm`,
    'relay:anthropic.messages': ownLanguage,
  },
  // https://ai.google.dev/gemini-api/docs/file-input-methods
  limits: { embeddings: mostTexts, images: 1, stop: 5, requestBytes: 100_000_000 },
  operations: {},
}
