import { defaultPrices, type ImageInput, type llm, type SpeakInput, type TranscribeInput } from '@do/llm'
import type { Driver } from '@do/provider'
import { type Setting, vendor } from './answer.ts'
import { listing } from './catalogue.ts'
import { checked, connect } from './client.ts'
import { descriptor } from './descriptor.ts'
import { embedding } from './embed.ts'
import { errors, readFault } from './errors.ts'
import { generating } from './generate.ts'
import { checkImage, imaging } from './image.ts'
import type { WorkersAiOptions } from './options.ts'
import { relaying } from './relay.ts'
import { checkSpeech, speaking } from './speech.ts'
import { checkTranscription, transcribing } from './transcribe.ts'
import { webhooks } from './webhooks.ts'

export function llmDriver(options: WorkersAiOptions): Driver<typeof llm, unknown> {
  const connection = connect(options)
  const { name = vendor, prices = defaultPrices, gateway, maxOutputTokens = 1_024 } = options
  const setting: Setting = { provider: name, prices, gateway }
  return {
    descriptor: descriptor(options),
    client: connection.client,
    operations: {
      ...generating(connection, setting, maxOutputTokens),
      ...speaking(connection, setting),
      embed: embedding(connection, setting),
      image: imaging(connection, setting),
      transcribe: transcribing(connection, setting),
      models: { list: listing(connection, setting) },
      ...(connection.chat === undefined ? {} : { relay: relaying(connection.chat, setting) }),
    },
    check: (operation, input) => {
      if (typeof input.model === 'string') checked(input.model)
      checks[operation]?.(input as never)
    },
    fault: readFault,
    errors,
    webhooks,
  }
}

const checks: Readonly<Record<string, (input: never) => void>> = {
  image: (input: ImageInput) => checkImage(input),
  speak: (input: SpeakInput) => checkSpeech(input),
  speakStream: (input: SpeakInput) => checkSpeech(input),
  transcribe: (input: TranscribeInput) => checkTranscription(input),
}
