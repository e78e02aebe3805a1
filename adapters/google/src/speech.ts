import type { SpeakInput, Speech, SpeechEvent } from '@do/llm'
import { fromBase64, refuse } from '@do/provider'
import type { GenerateContentParameters, Modality } from '@google/genai/web'
import { defined } from './client.ts'
import { modelIn } from './model.ts'
import { pcmOf, pcmType, wavOf } from './pcm.ts'
import { oneRequest } from './request.ts'
import type { Answer } from './sse.ts'
import { counted, plainName, usageOf } from './usage.ts'
import { answered, answeredInChunks, type Vendor } from './vendor.ts'

const no = (field: string, message: string) => refuse('unsupported', message, { field, elsewhere: true })

/** @throws ProviderError `unsupported` for what Google's speech models cannot. */
export function checkSpeak(input: SpeakInput): void {
  modelIn(input)
  if (input.format !== undefined && input.format !== 'wav' && input.format !== 'pcm') {
    throw no('format', 'Google speaks uncompressed sound: ask for `format: "wav"` or "pcm".')
  }
  if (input.speed !== undefined && input.speed !== 1) {
    throw no('speed', 'Google takes no number for the speed. Say it in `instructions` ("slowly").')
  }
}

function parametersOf(input: SpeakInput): GenerateContentParameters {
  const { voice, instructions, text } = input
  // These models take directions in words, before what they shall say.
  const prompt = instructions === undefined ? text : `${instructions.replace(/:?\s*$/, '')}:\n${text}`
  return {
    model: modelIn(input),
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    config: {
      ...oneRequest,
      responseModalities: ['AUDIO' satisfies `${Modality}`],
      ...defined({
        speechConfig: voice === undefined ? undefined : { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } },
      }),
    },
  }
}

interface Sound {
  readonly samples: Uint8Array
  readonly mediaType: string | undefined
}

const soundsIn = (answer: Answer): Sound[] =>
  (answer.candidates?.[0]?.content?.parts ?? []).flatMap(({ inlineData }) =>
    inlineData?.data === undefined ? [] : [{ samples: fromBase64(inlineData.data), mediaType: inlineData.mimeType }],
  )

function joined(sounds: readonly Sound[]): Uint8Array {
  if (sounds.length === 1) return (sounds[0] as Sound).samples
  const all = new Uint8Array(sounds.reduce((sum, { samples }) => sum + samples.length, 0))
  let at = 0
  for (const { samples } of sounds) {
    all.set(samples, at)
    at += samples.length
  }
  return all
}

export const speaker = (vendor: Vendor) => ({
  speak: async (input: SpeakInput): Promise<Speech> => {
    const parameters = parametersOf(input)
    const answer = await answered(vendor, parameters)
    const sounds = soundsIn(answer)
    const asFile = (input.format ?? 'wav') === 'wav'
    if (sounds.length === 0) throw new Error('The answer has no sound.')
    const pcm = pcmOf(sounds[0]?.mediaType)
    const samples = joined(sounds)
    const served = answer.modelVersion ?? parameters.model
    return {
      audio: asFile ? wavOf(samples, pcm) : new Uint8Array(samples),
      mediaType: asFile ? 'audio/wav' : pcmType(pcm),
      provider: vendor.provider,
      model: plainName(served),
      ...counted(vendor.prices, { asked: parameters.model, served }, usageOf(answer.usageMetadata)),
    }
  },
  speakStream: async (input: SpeakInput): Promise<AsyncIterable<SpeechEvent>> => {
    if (input.format === 'wav') throw no('format', 'Google streams bare samples: ask for `format: "pcm"`.')
    const parameters = parametersOf(input)
    return spoken(await answeredInChunks(vendor, parameters), parameters.model, vendor)
  },
})

async function* spoken(chunks: AsyncIterable<Answer>, model: string, { provider, prices }: Vendor): AsyncGenerator<SpeechEvent> {
  let started = false
  let last: Answer | undefined
  for await (const chunk of chunks) {
    last = chunk.usageMetadata === undefined ? last : chunk
    for (const { samples, mediaType } of soundsIn(chunk)) {
      if (!started)
        yield { type: 'start', provider, model: plainName(chunk.modelVersion ?? model), mediaType: pcmType(pcmOf(mediaType)) }
      started = true
      if (samples.length > 0) yield { type: 'audio', data: new Uint8Array(samples) }
    }
  }
  if (!started) throw new Error('The answer has no sound.')
  yield { type: 'finish', ...counted(prices, { asked: model, served: last?.modelVersion }, usageOf(last?.usageMetadata)) }
}
