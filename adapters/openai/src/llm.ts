import {
  defaultPrices,
  type GenerateRequest,
  type ImageInput,
  type llm,
  type RelayInput,
  type SpeakInput,
  type TranscribeInput,
} from '@do/llm'
import { checkProviderName, credential, type Descriptor, type Driver, refuse } from '@do/provider'
import type { OpenAI } from 'openai'
import { chatOperations } from './chat.ts'
import { type Connection, compatibleConnection, openaiConnection } from './client.ts'
import { compatibleDescriptor, openaiDescriptor } from './descriptor.ts'
import { embeddingOperations } from './embeddings.ts'
import { errors, readFault } from './errors.ts'
import { checkImage, imageOperations } from './images.ts'
import { apiOf } from './model-table.ts'
import { modelOperations } from './models.ts'
import type { Dialect, OpenaiCompatibleOptions, OpenaiOptions } from './options.ts'
import { relayOperations } from './relay.ts'
import { requests } from './request.ts'
import { checkSpeech, speechOperations } from './speech.ts'
import { checkRelay, compatibleThinking, openaiThinking } from './thinking.ts'
import { checkTranscription, transcriptionOperations } from './transcription.ts'
import { webhooks } from './webhooks.ts'

type LlmDriver = Driver<typeof llm, OpenAI>

export function openaiDriver(options: OpenaiOptions): LlmDriver {
  const vendor = 'openai'
  credential(options, 'apiKey', vendor)
  const { api = 'auto', thoughts } = options
  return driver(openaiConnection(options), openaiDescriptor(options), {
    vendor,
    provider: options.name ?? vendor,
    prices: options.prices ?? defaultPrices,
    isOpenai: true,
    api: api === 'auto' ? apiOf : () => api,
    thoughts,
    maxTokensField: 'max_completion_tokens',
    streamUsage: true,
    thoughtsField: undefined,
    thinking: openaiThinking,
  })
}

export function compatibleDriver(options: OpenaiCompatibleOptions): LlmDriver {
  const vendor = checkProviderName(options.vendor ?? options.name ?? 'openai-compatible')
  if (!URL.canParse(options.baseUrl)) {
    const message = '"baseUrl" must be an absolute URL with the version in it, such as "https://api.groq.com/openai/v1".'
    throw refuse('invalid_option', message, { field: 'baseUrl' })
  }
  return driver(compatibleConnection(options), compatibleDescriptor(vendor, options), {
    vendor,
    provider: options.name ?? vendor,
    prices: options.prices ?? defaultPrices,
    isOpenai: false,
    api: () => options.api ?? 'chat',
    thoughts: options.thoughts,
    maxTokensField: options.maxTokensField ?? 'max_tokens',
    streamUsage: options.streamUsage ?? true,
    thoughtsField: options.thoughtsField,
    thinking: compatibleThinking(options.thinking),
  })
}

function driver(connection: Connection, descriptor: Descriptor, dialect: Dialect): LlmDriver {
  const requestOf = requests(dialect)
  return {
    descriptor,
    client: connection.client,
    errors,
    fault: readFault,
    check: (operation, input) => {
      if (operation === 'generate' || operation === 'stream') requestOf(input as GenerateRequest)
      else check(operation, input, dialect)
    },
    operations: {
      ...chatOperations(connection, dialect, requestOf),
      ...embeddingOperations(connection, dialect),
      ...imageOperations(connection, dialect),
      ...speechOperations(connection, dialect),
      ...transcriptionOperations(connection, dialect),
      ...modelOperations(connection, dialect, descriptor.capabilities),
      ...relayOperations(connection, dialect),
    },
    webhooks,
  }
}

function check(operation: string, input: unknown, dialect: Dialect): void {
  switch (operation) {
    case 'image':
      checkImage(input as ImageInput, dialect)
      return
    case 'speak':
    case 'speakStream':
      checkSpeech(input as SpeakInput, dialect)
      return
    case 'transcribe':
    case 'transcribeStream':
      checkTranscription(operation, input as TranscribeInput, dialect)
      return
    case 'relay': {
      const { model, body } = input as RelayInput
      if (dialect.isOpenai) checkRelay(model as string, body)
    }
  }
}
