import { bodyOf, costOfSpeech, type SpeakInput, type Speech, type SpeechEvent, soundTypes } from '@do/llm'
import { type DriverContext, refuse } from '@do/provider'
import { contentOf, counted, isJson, type Setting, tellGateway, unlessCached, vendor } from './answer.ts'
import { bytesIn, mediaTypeOf } from './bytes.ts'
import type { Connection } from './client.ts'

type Format = NonNullable<SpeakInput['format']>

/** Deepgram's models. https://developers.cloudflare.com/workers-ai/models/aura-1/ */
const encodings: Readonly<Record<Format, object>> = {
  mp3: { encoding: 'mp3' },
  wav: { encoding: 'linear16', container: 'wav' },
  opus: { encoding: 'opus', container: 'ogg' },
  aac: { encoding: 'aac' },
  flac: { encoding: 'flac' },
  pcm: { encoding: 'linear16', container: 'none' },
}

const isAura = (model: string) => model.startsWith('@cf/deepgram/')

/** What no voice of Workers AI does, said before anything is sent. */
export function checkSpeech({ model, format = 'mp3', speed = 1 }: SpeakInput): void {
  if (speed !== 1) throw unsupported('speed', 'The voices of Workers AI have one speed.')
  if (!isAura(model as string) && format !== 'mp3') throw unsupported('format', 'This model speaks mp3 only.')
}

const unsupported = (field: string, message: string) => refuse('unsupported', message, { field, elsewhere: true })

/** Deepgram has speakers, MeloTTS one voice for each language. */
const inputsOf = ({ model, text, voice, format = 'mp3' }: SpeakInput): Record<string, unknown> =>
  isAura(model as string)
    ? { text, ...encodings[format], ...(voice === undefined ? {} : { speaker: voice }) }
    : { prompt: text, ...(voice === undefined ? {} : { lang: voice }) }

export function speaking(connection: Connection, setting: Setting) {
  const ask = async (input: SpeakInput, operation: string) => {
    const model = input.model as string
    const response = await connection.run({ model, inputs: inputsOf(input) })
    tellGateway(setting, operation, model, response)
    return { model, response }
  }
  return {
    async speak(input: SpeakInput): Promise<Speech> {
      const { model, response } = await ask(input, 'speak')
      const audio = isJson(response) ? await soundIn(response) : new Uint8Array(await response.arrayBuffer())
      const mediaType = typeOf(audio, response, input)
      return { audio, mediaType, provider: setting.provider, model, ...costOf(setting, input, response) }
    },
    async speakStream(input: SpeakInput, { signal }: DriverContext): Promise<AsyncIterable<SpeechEvent>> {
      const { model, response } = await ask(input, 'speakStream')
      return sound(response, setting, input, model, signal)
    },
  }
}

async function* sound(
  response: Response,
  setting: Setting,
  input: SpeakInput,
  model: string,
  signal: AbortSignal,
): AsyncGenerator<SpeechEvent> {
  let started = false
  const chunks = isJson(response) ? [await soundIn(response)] : bodyOf(response, signal)
  for await (const data of chunks) {
    if (!started) yield { type: 'start', provider: setting.provider, model, mediaType: typeOf(data, response, input) }
    started = true
    yield { type: 'audio', data }
  }
  // The end of the body is the only end there is; a body that is cut throws.
  if (started) yield { type: 'finish', ...costOf(setting, input, response) }
}

async function soundIn(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const { audio } = await contentOf(response)
  if (typeof audio !== 'string' || audio === '') throw new Error('The answer holds no sound.')
  return bytesIn(audio)
}

/** @throws Error where it is somebody's page and no sound. */
function typeOf(audio: Uint8Array, response: Response, { format = 'mp3' }: SpeakInput): string {
  if (/^text\//.test(response.headers.get('content-type') ?? '') || audio.length === 0) throw new Error('The answer is no sound.')
  const found = mediaTypeOf(audio)
  return found?.startsWith('audio/') && format !== 'pcm' ? found : soundTypes[format]
}

const costOf = (setting: Setting, { model, text }: SpeakInput, response: Response) => {
  const units = { characters: [...text].length }
  return counted(
    undefined,
    unlessCached(setting, response, () => costOfSpeech(setting.prices, vendor, model as string, units)),
  )
}
