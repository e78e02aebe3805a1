import type { TranscribeInput, Transcript, TranscriptEvent } from '@do/llm'
import { refuse, toBase64 } from '@do/provider'
import type { GenerateContentParameters, Part } from '@google/genai/web'
import { defined } from './client.ts'
import { modelIn } from './model.ts'
import { oneRequest } from './request.ts'
import type { Answer } from './sse.ts'
import { counted, plainName, usageOf } from './usage.ts'
import { answered, answeredInChunks, type Vendor } from './vendor.ts'

/** Models made for it take options; any other model that hears is asked in words. */
const isMadeForIt = (model: string) => model.includes('transcribe')

/** @throws ProviderError `unsupported` for times that the model does not tell. */
export function checkTranscribe(input: TranscribeInput): void {
  const model = modelIn(input)
  if (input.timestamps === undefined || input.timestamps === 'none') return
  if (input.timestamps === 'words' && isMadeForIt(model)) return
  const only = 'Google tells the times of words only, and only by its models made for transcription ("gemini-3.5-transcribe").'
  throw refuse('unsupported', only, { field: 'timestamps', elsewhere: true })
}

function parametersOf(input: TranscribeInput): GenerateContentParameters {
  const model = modelIn(input)
  const sound: Part = { inlineData: { mimeType: input.mediaType, data: toBase64(input.audio) } }
  if (!isMadeForIt(model)) {
    return { model, contents: [{ role: 'user', parts: [sound, { text: instruction(input) }] }], config: oneRequest }
  }
  const audioTranscriptionConfig = defined({
    languageCodes: input.language === undefined ? undefined : [input.language],
    customVocabulary: input.prompt?.split(/[,;\n]+/).flatMap((phrase) => phrase.trim() || []),
    wordTimestamp: input.timestamps === 'words' ? true : undefined,
  })
  const isAsked = Object.keys(audioTranscriptionConfig).length > 0
  const config = { ...oneRequest, ...(isAsked ? { audioTranscriptionConfig } : {}) }
  return { model, contents: [{ role: 'user', parts: [sound] }], config }
}

/** https://ai.google.dev/gemini-api/docs/audio */
const instruction = ({ language, prompt }: TranscribeInput): string =>
  [
    'Generate a verbatim transcript of the speech in this recording. Answer the transcript only, without comments and times.',
    language === undefined ? '' : ` The language is "${language}" (ISO 639-1).`,
    prompt === undefined ? '' : ` Names and words that may occur: ${prompt}`,
  ].join('')

const partsOf = (answer: Answer): readonly Part[] =>
  (answer.candidates?.[0]?.content?.parts ?? []).filter(({ thought }) => thought !== true)

/** The text of a part, wherever the model puts it. */
const textOf = (part: Part): string => part.text ?? part.audioTranscription?.text ?? ''

function factsIn(parts: readonly Part[]): Pick<Transcript, 'language' | 'words'> {
  const told = parts.flatMap(({ audioTranscription }) => audioTranscription ?? [])
  const words = told
    .flatMap((each) => each.words ?? [])
    .flatMap(({ word, startOffset, endOffset }) => {
      const [start, end] = [seconds(startOffset), seconds(endOffset)]
      return word === undefined || start === undefined || end === undefined ? [] : [{ text: word, start, end }]
    })
  const language = told.find(({ languageCode }) => languageCode !== undefined)?.languageCode
  return defined({ language, words: words.length === 0 ? undefined : words })
}

/** A duration of Google's in JSON: `1.250s`. */
function seconds(duration: string | undefined): number | undefined {
  const value = /^(\d+(?:\.\d+)?)s$/.exec(duration ?? '')?.[1]
  return value === undefined ? undefined : Number(value)
}

export const transcriber = (vendor: Vendor) => ({
  transcribe: async (input: TranscribeInput): Promise<Transcript> => {
    const parameters = parametersOf(input)
    const answer = await answered(vendor, parameters)
    const parts = partsOf(answer)
    const served = answer.modelVersion ?? parameters.model
    return {
      text: parts.map(textOf).join('').trim(),
      ...factsIn(parts),
      provider: vendor.provider,
      model: plainName(served),
      ...counted(vendor.prices, { asked: parameters.model, served }, usageOf(answer.usageMetadata)),
    }
  },
  transcribeStream: async (input: TranscribeInput): Promise<AsyncIterable<TranscriptEvent>> => {
    const parameters = parametersOf(input)
    return heard(await answeredInChunks(vendor, parameters), parameters.model, vendor)
  },
})

async function* heard(
  chunks: AsyncIterable<Answer>,
  model: string,
  { provider, prices }: Vendor,
): AsyncGenerator<TranscriptEvent> {
  const parts: Part[] = []
  let last: Answer | undefined
  let started = false
  for await (const chunk of chunks) {
    last = chunk.usageMetadata === undefined ? last : chunk
    if (!started) yield { type: 'start', provider, model: plainName(chunk.modelVersion ?? model) }
    started = true
    for (const part of partsOf(chunk)) {
      parts.push(part)
      if (textOf(part) !== '') yield { type: 'text', text: textOf(part) }
    }
  }
  const usage = usageOf(last?.usageMetadata)
  yield {
    type: 'finish',
    text: parts.map(textOf).join('').trim(),
    ...factsIn(parts),
    ...counted(prices, { asked: model, served: last?.modelVersion }, usage),
  }
}
