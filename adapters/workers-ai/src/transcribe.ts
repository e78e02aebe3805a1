import { costOfTranscription, type TranscribeInput, type Transcript } from '@do/llm'
import { refuse, toBase64 } from '@do/provider'
import { contentOf, counted, type Setting, tellGateway, unlessCached, vendor } from './answer.ts'
import type { Ask, Connection } from './client.ts'

interface VendorWord {
  readonly word?: string
  readonly start?: number
  readonly end?: number
}

interface VendorTranscript {
  readonly text?: unknown
  readonly words?: readonly VendorWord[]
  readonly segments?: readonly {
    readonly text?: string
    readonly start?: number
    readonly end?: number
    readonly words?: readonly VendorWord[]
  }[]
  readonly transcription_info?: { readonly language?: string; readonly duration?: number }
}

/** The first models hear bytes and take nothing else; the later one takes base64 and directions. */
const isFirst = (model: string) => /^@cf\/openai\/whisper(?:-tiny-en)?$/.test(model)

export function checkTranscription({ model: asked, language, prompt, timestamps }: TranscribeInput): void {
  const model = asked as string
  if (model.startsWith('@cf/deepgram/') || model.startsWith('@cf/nvidia/')) {
    throw unsupported('model', 'Of Workers AI only the models named whisper are supported here.')
  }
  if (!isFirst(model)) return
  if (prompt !== undefined) throw unsupported('prompt', 'This model takes no prompt: @cf/openai/whisper-large-v3-turbo does.')
  if (language !== undefined)
    throw unsupported('language', 'This model finds out by itself: @cf/openai/whisper-large-v3-turbo can be told.')
  if (timestamps === 'segments')
    throw unsupported('timestamps', 'This model times words: @cf/openai/whisper-large-v3-turbo times segments.')
}

const unsupported = (field: string, message: string) => refuse('unsupported', message, { field, elsewhere: true })

export const transcribing =
  (connection: Connection, setting: Setting) =>
  async (input: TranscribeInput): Promise<Transcript> => {
    const model = input.model as string
    const response = await connection.run(askOf(input, model))
    tellGateway(setting, 'transcribe', model, response)
    const heard = (await contentOf(response)) as VendorTranscript
    if (typeof heard.text !== 'string') throw new Error('The answer holds no text.')
    const { language, duration } = heard.transcription_info ?? {}
    const words = heard.words ?? heard.segments?.flatMap((segment) => segment.words ?? [])
    const units = { seconds: duration }
    const cost = unlessCached(setting, response, () => costOfTranscription(setting.prices, vendor, model, units))
    return {
      text: heard.text,
      provider: setting.provider,
      model,
      ...(language === undefined ? {} : { language }),
      ...(duration === undefined ? {} : { duration }),
      ...(input.timestamps === 'segments'
        ? { segments: (heard.segments ?? []).map(({ text = '', ...span }) => timed(text, span)) }
        : {}),
      ...(input.timestamps === 'words' ? { words: (words ?? []).map(({ word = '', ...span }) => timed(word, span)) } : {}),
      ...counted(undefined, cost),
    }
  }

function askOf({ audio, language, prompt }: TranscribeInput, model: string): Ask {
  if (isFirst(model)) return { model, inputs: {}, bytes: audio }
  return {
    model,
    inputs: {
      audio: toBase64(audio),
      ...(language === undefined ? {} : { language }),
      ...(prompt === undefined ? {} : { initial_prompt: prompt }),
    },
  }
}

const timed = (text: string, { start = 0, end = 0 }: { readonly start?: number; readonly end?: number }) => ({
  start,
  end,
  text: text.trim(),
})
