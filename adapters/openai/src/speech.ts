import { bodyOf, costOfSpeech, type SpeakInput, type Speech, type SpeechEvent, soundTypes, type Usage } from '@do/llm'
import { type DriverContext, fromBase64, refuse } from '@do/provider'
import type { OpenAI } from 'openai'
import { isJson, jsonOf } from './body.ts'
import type { Connection } from './client.ts'
import { lacks } from './lacks.ts'
import type { Dialect } from './options.ts'
import { done, said } from './sse.ts'
import { priced, usageOf } from './usage.ts'

/** https://developers.openai.com/api/reference/resources/audio/subresources/speech */
export const speakLength = 4096

/** The older models neither take directions nor tell of their use. */
const isOld = (model: string) => model.startsWith('tts-1')

/** `POST /audio/speech`. */
export const speechOperations = ({ client }: Connection, dialect: Dialect) => {
  const ask = async (input: SpeakInput, more: object) => {
    const { audio } = await client()
    return audio.speech.create({ ...paramsOf(input), ...more }).asResponse()
  }
  const counted = ({ model, text }: SpeakInput, usage?: Usage) => {
    const units = { characters: [...text].length, usage }
    const cost = priced(dialect, [model as string], (table, vendor, name) => costOfSpeech(table, vendor, name, units))
    return { ...(usage === undefined ? {} : { usage }), ...cost }
  }

  return {
    speak: async (input: SpeakInput): Promise<Speech> => {
      const response = await ask(input, {})
      await checkSound(response)
      const audio = new Uint8Array(await response.arrayBuffer())
      if (audio.length === 0) throw new Error('The answer holds no sound.')
      return {
        audio,
        mediaType: mediaTypeOf(response, input),
        provider: dialect.provider,
        model: input.model as string,
        ...counted(input),
      }
    },

    speakStream: async (input: SpeakInput, { signal }: DriverContext): Promise<AsyncIterable<SpeechEvent>> => {
      const model = input.model as string
      // Events have an end mark and count tokens; plain sound has neither.
      const asEvents = dialect.isOpenai && !isOld(model)
      const response = await ask(input, asEvents ? { stream_format: 'sse' } : {})
      const start = { type: 'start', provider: dialect.provider, model, mediaType: mediaTypeOf(response, input) } as const
      return (async function* (): AsyncGenerator<SpeechEvent> {
        if (!isEvents(response)) await checkSound(response)
        yield start
        const body = bodyOf(response, signal)
        if (!isEvents(response)) {
          let length = 0
          for await (const data of body) {
            length += data.length
            yield { type: 'audio', data }
          }
          if (length === 0) throw new Error('The answer holds no sound.')
          yield { type: 'finish', ...counted(input) }
          return
        }
        for await (const event of said(body)) {
          if (event === done) continue
          if (event.type === 'speech.audio.delta') yield { type: 'audio', data: fromBase64(String(event.audio)) }
          if (event.type !== 'speech.audio.done') continue
          body.settle()
          yield { type: 'finish', ...counted(input, usageOf(event.usage)) }
          return
        }
      })()
    },
  }
}

/** @throws ProviderError `text_too_long`, or `unsupported` for directions to a model that takes none. */
export function checkSpeech({ text, model, instructions }: SpeakInput, { isOpenai }: Dialect): void {
  if (!isOpenai) return
  if (text.length > speakLength) {
    throw refuse('text_too_long', `OpenAI speaks ${speakLength} characters at once. Cut the text.`, {
      field: 'text',
      elsewhere: true,
    })
  }
  if (instructions !== undefined && isOld(model as string)) {
    throw lacks('instructions', `"${model}" takes no directions.`)
  }
}

function paramsOf({ model, text, voice = 'alloy', format, speed, instructions }: SpeakInput): OpenAI.Audio.SpeechCreateParams {
  return {
    model,
    input: text,
    voice,
    response_format: format,
    speed,
    instructions,
  } as OpenAI.Audio.SpeechCreateParams
}

const isEvents = (response: Response) => /event-stream/.test(response.headers.get('content-type') ?? '')

/** @throws VendorRefusal for an error in the place of sound, Error for a page. */
async function checkSound(response: Response): Promise<void> {
  if (isJson(response)) await jsonOf(response)
  if (/^text\/|json/.test(response.headers.get('content-type') ?? '')) throw new Error('The answer holds no sound.')
}

/** What it really is: servers may know fewer formats than they are asked for. The language's own default is mp3. */
function mediaTypeOf(response: Response, { format = 'mp3' }: SpeakInput): string {
  const stated = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  return stated.startsWith('audio/') && format !== 'pcm' ? stated : soundTypes[format]
}
