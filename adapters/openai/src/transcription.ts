import { bodyOf, costOfTranscription, type TranscribeInput, type Transcript, type TranscriptEvent } from '@do/llm'
import type { DriverContext } from '@do/provider'
import type { OpenAI } from 'openai'
import { isJson, jsonOf } from './body.ts'
import type { Connection } from './client.ts'
import { lacks } from './lacks.ts'
import { languageCode } from './language.ts'
import type { Dialect } from './options.ts'
import { done, said } from './sse.ts'
import { priced, usageOf } from './usage.ts'

type Params = OpenAI.Audio.TranscriptionCreateParams
type Answer = Readonly<Record<string, unknown>>

/** `POST /audio/transcriptions`, as a form. https://developers.openai.com/api/reference/resources/audio/subresources/transcriptions */
export const transcriptionOperations = ({ client }: Connection, dialect: Dialect) => {
  const ask = async (input: TranscribeInput, more: object) => {
    const { audio } = await client()
    return audio.transcriptions.create({ ...paramsOf(input), ...more } as Params).asResponse()
  }

  const facts = (answer: Answer, model: string) => {
    const told = answer.usage as { readonly type?: unknown; readonly seconds?: unknown } | undefined
    const seconds = [answer.duration, told?.seconds].map(Number).find((each) => each >= 0)
    const usage = told?.type === 'duration' ? undefined : usageOf(told)
    const units = { seconds, usage }
    const language = typeof answer.language === 'string' ? languageCode(answer.language) : undefined
    return {
      ...(language === undefined ? {} : { language }),
      ...(seconds === undefined ? {} : { duration: seconds }),
      ...spans('segments', answer.segments, 'text'),
      ...spans('words', answer.words, 'word'),
      ...(usage === undefined ? {} : { usage }),
      ...priced(dialect, [model], (table, vendor) => costOfTranscription(table, vendor, model, units)),
    }
  }

  return {
    transcribe: async (input: TranscribeInput): Promise<Transcript> => {
      const model = input.model as string
      const answer = await jsonOf(await ask(input, {}))
      return { text: textOf(answer), provider: dialect.provider, model, ...facts(answer, model) }
    },

    transcribeStream: async (input: TranscribeInput, { signal }: DriverContext): Promise<AsyncIterable<TranscriptEvent>> => {
      const model = input.model as string
      const response = await ask(input, { stream: true })
      return (async function* (): AsyncGenerator<TranscriptEvent> {
        yield { type: 'start', provider: dialect.provider, model }
        // Whisper does not listen to the wish for a stream.
        if (isJson(response)) {
          const answer = await jsonOf(response)
          yield { type: 'text', text: textOf(answer) }
          yield { type: 'finish', text: textOf(answer), ...facts(answer, model) }
          return
        }
        const body = bodyOf(response, signal)
        for await (const event of said(body)) {
          if (event === done) continue
          if (event.type === 'transcript.text.delta') yield { type: 'text', text: String(event.delta ?? '') }
          if (event.type !== 'transcript.text.done') continue
          body.settle()
          yield { type: 'finish', text: textOf(event), ...facts(event, model) }
          return
        }
      })()
    },
  }
}

/** @throws ProviderError `unsupported`: only Whisper tells when something was said. */
export function checkTranscription(
  operation: string,
  { model, timestamps = 'none' }: TranscribeInput,
  { isOpenai }: Dialect,
): void {
  if (!isOpenai || timestamps === 'none') return
  if (operation === 'transcribe' && (model as string).startsWith('whisper')) return
  const message = `"${model}" does not say when something was said${operation === 'transcribe' ? '' : ' in a stream'}. Ask "whisper-1" by \`transcribe\`.`
  throw lacks('timestamps', message)
}

/** Endings that are not the media type's own second half. */
const endings = new Map(
  Object.entries({ mpeg: 'mp3', 'x-wav': 'wav', wave: 'wav', 'x-m4a': 'm4a', 'x-flac': 'flac', opus: 'ogg' }),
)

function paramsOf({ model, audio, mediaType, language, prompt, timestamps = 'none' }: TranscribeInput) {
  const kind = mediaType.split('/')[1]?.split(';')[0] ?? ''
  // The vendor knows the format by the file's name.
  const file = new File([audio as Uint8Array<ArrayBuffer>], `audio.${endings.get(kind) ?? kind}`, { type: mediaType })
  const timed = timestamps === 'none' ? undefined : [timestamps === 'words' ? 'word' : 'segment']
  return {
    file,
    model,
    language,
    prompt,
    response_format: timed === undefined ? 'json' : 'verbose_json',
    timestamp_granularities: timed,
  }
}

function textOf({ text }: Answer): string {
  if (typeof text !== 'string') throw new Error('The answer holds no text.')
  return text
}

function spans(name: 'segments' | 'words', given: unknown, text: 'text' | 'word') {
  if (!Array.isArray(given)) return {}
  const rows = given as readonly Answer[]
  return { [name]: rows.map((row) => ({ start: Number(row.start), end: Number(row.end), text: String(row[text] ?? '').trim() })) }
}
