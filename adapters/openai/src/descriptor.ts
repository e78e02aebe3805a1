import type { Descriptor } from '@do/provider'
import type { OpenaiCompatibleOptions, OpenaiOptions } from './options.ts'
import { speakLength } from './speech.ts'

const all = {
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
  'relay:openai.chat': true,
  'relay:anthropic.messages': "OpenAI does not speak Anthropic's language",
} as const

/** What is missing where all conversations go by Responses. */
export const lackedByResponses: Descriptor['capabilities'] = {
  seed: "OpenAI's Responses take no seed: it is left out, and `warnings` says so",
  'audio-input': "OpenAI's Responses take no audio",
  'relay:openai.chat': "OpenAI's Responses are no chat completions",
}

export const openaiDescriptor = ({ api }: Pick<OpenaiOptions, 'api'>): Descriptor => ({
  vendor: 'openai',
  docs: 'https://developers.openai.com/api/reference',
  capabilities: { ...all, ...(api === 'responses' ? lackedByResponses : {}) },
  // https://developers.openai.com/api/reference/resources/chat and …/audio
  limits: { stop: 4, tools: 128, embedTexts: 2048, speakLength },
  operations: {},
})

const notDeclared = 'not every compatible server has it: declare it in the option `capabilities` if yours does'

/** What servers that speak the language mostly can. The rest has to be declared. */
const compatible: Descriptor['capabilities'] = {
  ...all,
  files: notDeclared,
  'audio-input': notDeclared,
  'prompt-cache': notDeclared,
  'embedding-dimensions': notDeclared,
  images: notDeclared,
  speech: notDeclared,
  'speech-stream': notDeclared,
  transcription: notDeclared,
  'transcription-stream': notDeclared,
  'relay:anthropic.messages': "the server does not speak Anthropic's language here",
}

export const compatibleDescriptor = (vendor: string, { api, capabilities = {} }: OpenaiCompatibleOptions): Descriptor => ({
  ...openaiDescriptor({}),
  vendor,
  docs: 'https://developers.openai.com/api/reference/resources/chat',
  capabilities: {
    ...compatible,
    ...(api === 'responses' ? lackedByResponses : {}),
    ...Object.fromEntries(
      Object.entries(capabilities).map(([name, has]) => [name, has === false ? 'switched off in `capabilities`' : has]),
    ),
  },
  limits: { stop: 4, tools: 128, embedTexts: 2048 },
})
