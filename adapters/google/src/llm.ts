import {
  accumulator,
  defaultPrices,
  type GenerateRequest,
  type GenerationEvent,
  type llm,
  type PriceTable,
  warningsOf,
} from '@do/llm'
import type { Driver } from '@do/provider'
import type { GoogleGenAI } from '@google/genai/web'
import { type Reader, readerOf } from './answer.ts'
import { connectionOf, type GoogleOptions } from './client.ts'
import { descriptor } from './descriptor.ts'
import { checkEmbed, embedder } from './embed.ts'
import { errors, readFault } from './errors.ts'
import { checkImage, painter } from './image.ts'
import { modelLister } from './models.ts'
import { checkGenerate, type Request, requestOf } from './request.ts'
import { checkSpeak, speaker } from './speech.ts'
import { type Answer, streamed } from './sse.ts'
import { checkTranscribe, transcriber } from './transcribe.ts'
import { webhooks } from './webhooks.ts'

export interface GoogleLlmOptions extends GoogleOptions {
  /** What models cost. Default: `defaultPrices` of @do/llm. A model without a price has answers without a `cost`. */
  readonly prices?: PriceTable
}

export function llmDriver(options: GoogleLlmOptions): Driver<typeof llm, GoogleGenAI> {
  const connection = connectionOf(options)
  const { client } = connection
  const { prices = defaultPrices, name: provider = 'google' } = options
  const vendor = { ...connection, provider, prices }
  const reader = (input: GenerateRequest, { parameters, warnings }: Request): Reader =>
    readerOf({ provider, prices, model: parameters.model, warnings: [...warningsOf(input), ...warnings] })

  return {
    descriptor,
    client,
    errors,
    fault: readFault,
    webhooks,
    check: (operation, input) => {
      if (operation === 'generate' || operation === 'stream') checkGenerate(input)
      if (operation === 'embed') checkEmbed(input)
      if (operation === 'image') checkImage(input)
      if (operation === 'speak' || operation === 'speakStream') checkSpeak(input)
      if (operation === 'transcribe' || operation === 'transcribeStream') checkTranscribe(input)
    },
    operations: {
      generate: async (input) => {
        const request = requestOf(input)
        const answer = await (await client()).models.generateContent(request.parameters)
        const whole = accumulator({ object: input.output !== undefined })
        const { read, finish } = reader(input, request)
        for (const event of read(answer)) whole.add(event)
        const end = finish()
        if (end === undefined) throw new Error('The answer does not say that it is done.')
        whole.add(end)
        return { ...whole.result(), raw: answer }
      },
      stream: async (input) => {
        const request = requestOf(input)
        return pieces(await streamed(connection, request.parameters), reader(input, request))
      },
      embed: embedder(vendor),
      image: painter(vendor),
      ...speaker(vendor),
      ...transcriber(vendor),
      models: { list: modelLister(vendor) },
    },
  }
}

/** The end is told only once Google has closed the stream: some models name a finish reason in every chunk. */
async function* pieces(chunks: AsyncIterable<Answer>, { read, finish }: Reader): AsyncGenerator<GenerationEvent> {
  for await (const chunk of chunks) yield* read(chunk)
  const end = finish()
  if (end !== undefined) yield end
}
