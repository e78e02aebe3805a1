import { given } from '../body.ts'
import { compute } from '../compute.ts'
import type { Exchange } from '../exchange.ts'
import { modelIn, numberIn, oneOf, requiredText, textIn } from '../fields.ts'
import { nothingLost } from '../lossless.ts'
import { nothing, readJson } from './shared.ts'

const kept: ReadonlySet<string> = new Set(['model', 'input', 'voice', 'response_format', 'speed', 'instructions'])
const neutral = { stream_format: (value: unknown) => value === 'audio' }

/** See https://platform.openai.com/docs/api-reference/audio/createSpeech */
export async function speech(exchange: Exchange): Promise<Response> {
  const { body, headers } = await readJson(exchange)
  const model = modelIn(body)
  const text = requiredText(body, 'input')
  const voice = textIn(body, 'voice')
  const format = oneOf(body, 'response_format', ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']) ?? 'mp3'
  const speed = numberIn(body, 'speed', 0.25, 4)
  const instructions = textIn(body, 'instructions')
  nothingLost(body, kept, neutral)
  const wanted = {
    text,
    format,
    ...(given(voice) ? { voice } : {}),
    ...(given(speed) ? { speed } : {}),
    ...(given(instructions) ? { instructions } : {}),
  }
  const units = { characters: text.length }
  return compute(exchange, {
    ask: { ...nothing, operation: 'speak', model, outputTokens: undefined, units, needs: ['speech'], headers },
    run: (llm, chain, options) => llm.speak({ model: chain, ...wanted }, options),
    render: ({ audio, mediaType }) => ({ contentType: mediaType, bytes: audio }),
  })
}
