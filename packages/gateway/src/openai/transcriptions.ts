import type { Transcript } from '@do/llm'
import { readBytes } from '../body.ts'
import { compute, json } from '../compute.ts'
import { type Exchange, wishesOf } from '../exchange.ts'
import { modelIn, oneOf, textIn } from '../fields.ts'
import { nothingLost, untranslatable } from '../lossless.ts'
import { GatewayRefusal, invalid } from '../refusal.ts'
import { nothing } from './shared.ts'
import { srt, vtt } from './subtitles.ts'

const kept: ReadonlySet<string> = new Set(['model', 'language', 'prompt', 'response_format', 'timestamp_granularities'])
const neutral = { stream: (value: unknown) => value === 'false', temperature: (value: unknown) => value === '0' }
const formats = ['json', 'text', 'verbose_json', 'srt', 'vtt'] as const
const timed: readonly string[] = ['verbose_json', 'srt', 'vtt']

/** By the name's ending, where the client does not say what it is. */
const mediaTypes: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  mpga: 'audio/mpeg',
  mpeg: 'audio/mpeg',
  m4a: 'audio/mp4',
  mp4: 'audio/mp4',
  wav: 'audio/wav',
  webm: 'audio/webm',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
}

/** See https://platform.openai.com/docs/api-reference/audio/createTranscription */
export async function transcriptions(exchange: Exchange): Promise<Response> {
  const { fields, file } = await readForm(exchange)
  const model = modelIn(fields)
  if (file === undefined) throw invalid('file', '"file" must be given: a recording.', 'missing_required_parameter')
  const language = textIn(fields, 'language')
  const prompt = textIn(fields, 'prompt')
  const format = oneOf(fields, 'response_format', formats) ?? 'json'
  const granularities = (fields.timestamp_granularities ?? []) as string[]
  if (granularities.length > 1) throw untranslatable('timestamp_granularities', 'can name only one kind')
  nothingLost(fields, kept, neutral)
  if (granularities.length > 0 && format !== 'verbose_json')
    throw invalid('timestamp_granularities', '"timestamp_granularities" is for "verbose_json" only.')
  const timestamps = granularities[0] === 'word' ? ('words' as const) : ('segments' as const)
  const audio = new Uint8Array(await file.arrayBuffer())
  if (audio.length === 0) throw invalid('file', '"file" is empty.')
  const wanted = {
    audio,
    mediaType: mediaTypeOf(file),
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(timed.includes(format) ? { timestamps } : {}),
  }
  const units = { audioBytes: audio.length }
  const headers = wishesOf(exchange.request.headers)
  return compute(exchange, {
    ask: { ...nothing, operation: 'transcribe', model, outputTokens: undefined, units, needs: ['transcription'], headers },
    run: (llm, chain, options) => llm.transcribe({ model: chain, ...wanted }, options),
    render: (transcript) => written(transcript, format),
  })
}

function written(transcript: Transcript, format: (typeof formats)[number]) {
  const { text, language, duration, segments, words } = transcript
  if (format === 'text') return plain(`${text}\n`)
  if (format === 'srt' || format === 'vtt') return plain((format === 'srt' ? srt : vtt)(segments ?? untimed()))
  if (format === 'json') return json({ text })
  const spans = segments?.map((segment, id) => ({ id, ...segment }))
  const spoken = words?.map(({ text: word, start, end }) => ({ word, start, end }))
  return json({ task: 'transcribe', language, duration, text, segments: spans, words: spoken })
}

function untimed(): never {
  const message = 'The model has not said when what was spoken. Ask another one, or for "text".'
  throw new GatewayRefusal({ status: 502, code: 'no_timestamps', message, shouldRetry: false })
}

/** As OpenAI sends all that is no JSON. */
const plain = (text: string) => ({ contentType: 'text/plain; charset=utf-8', bytes: new TextEncoder().encode(text) })

async function readForm(exchange: Exchange) {
  const contentType = exchange.request.headers.get('content-type') ?? ''
  const bytes = await readBytes(exchange)
  let form: FormData
  try {
    form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
  } catch {
    throw invalid(undefined, 'The body is no form. Send multipart/form-data with "file" and "model".', 'invalid_form')
  }
  // Without a prototype, since the client chooses the names.
  const fields: Record<string, unknown> = Object.create(null)
  let file: File | undefined
  for (const [name, value] of form) {
    if (typeof value !== 'string') {
      if (name !== 'file') throw invalid(name, `"${name}" is not known: the recording is "file".`)
      file = value
    } else if (name.endsWith('[]'))
      fields[name.slice(0, -2)] = [...((fields[name.slice(0, -2)] as string[] | undefined) ?? []), value]
    else fields[name] = value
  }
  return { fields, file }
}

function mediaTypeOf({ type, name }: File): string {
  const [own = ''] = type.split(';')
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return own === '' || own === 'application/octet-stream' ? (mediaTypes[ending] ?? 'audio/wav') : own
}
