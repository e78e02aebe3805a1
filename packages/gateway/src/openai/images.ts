import type { Images } from '@do/llm'
import { toBase64 } from '@do/provider'
import { compute, json } from '../compute.ts'
import type { Exchange } from '../exchange.ts'
import { countIn, flagIn, modelIn, oneOf, requiredText, textIn } from '../fields.ts'
import { nothingLost, untranslatable } from '../lossless.ts'
import { invalid } from '../refusal.ts'
import { textTokens } from '../tokens.ts'
import { chatUsage } from './chat-answer.ts'
import { nothing, readJson } from './shared.ts'

const kept: ReadonlySet<string> = new Set([
  ...['model', 'prompt', 'n', 'size', 'quality', 'output_format', 'response_format', 'user'],
])
const isAuto = (value: unknown) => value === 'auto'
const neutral = { stream: (value: unknown) => value === false, background: isAuto, moderation: isAuto }

/** See https://platform.openai.com/docs/api-reference/images/create. Pictures come as base64: there is no place to keep them at. */
export async function images(exchange: Exchange): Promise<Response> {
  const { body, text, headers } = await readJson(exchange)
  const model = modelIn(body)
  const prompt = requiredText(body, 'prompt')
  const count = countIn(body, 'n', 1, 10) ?? 1
  const size = wordOf(textIn(body, 'size'))
  if (size !== undefined && !/^\d+x\d+$/.test(size))
    throw invalid('size', '"size" must be "auto" or width x height: "1024x1024".')
  const quality = oneOf(body, 'quality', ['auto', 'low', 'medium', 'high'])
  const format = oneOf(body, 'output_format', ['png', 'jpeg', 'webp'])
  if (oneOf(body, 'response_format', ['b64_json', 'url']) === 'url')
    throw untranslatable('response_format', 'can only be "b64_json": nobody keeps the pictures under a URL')
  const user = textIn(body, 'user')
  flagIn(body, 'stream')
  nothingLost(body, kept, neutral)
  const wanted = { prompt, count, ...present({ size, quality: wordOf(quality), format }) }
  const units = { images: count, ...present({ imageSize: size, imageQuality: wordOf(quality) }) }
  return compute(exchange, {
    ask: {
      ...nothing,
      operation: 'image',
      model,
      inputTokens: textTokens(text),
      outputTokens: undefined,
      units,
      needs: ['images'],
      text: prompt,
      user,
      headers,
    },
    run: (llm, chain, options) => llm.image({ model: chain, ...wanted }, options),
    render: (made) => json(answerOf(made, exchange.clock.now())),
  })
}

function answerOf({ images: pictures, usage }: Images, now: number) {
  const data = pictures.map(({ data, revisedPrompt }) => ({
    b64_json: toBase64(data),
    ...(revisedPrompt === undefined ? {} : { revised_prompt: revisedPrompt }),
  }))
  const counted = usage === undefined ? undefined : chatUsage(usage)
  const tokens = counted && {
    input_tokens: counted.prompt_tokens,
    output_tokens: counted.completion_tokens,
    total_tokens: counted.total_tokens,
  }
  return { created: Math.floor(now / 1000), data, ...(tokens === undefined ? {} : { usage: tokens }) }
}

const wordOf = <Word extends string>(word: Word | undefined) =>
  word === 'auto' ? undefined : (word as Exclude<Word, 'auto'> | undefined)

const present = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: NonNullable<T[Name]>
  }
