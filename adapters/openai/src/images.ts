import { costOfImages, type ImageInput, type Images } from '@do/llm'
import { fromBase64 } from '@do/provider'
import type { OpenAI } from 'openai'
import { jsonOf } from './body.ts'
import type { Connection } from './client.ts'
import { lacks } from './lacks.ts'
import type { Dialect } from './options.ts'
import { priced, usageOf } from './usage.ts'

interface Row {
  readonly b64_json?: unknown
  readonly revised_prompt?: unknown
}

/** `POST /images/generations`. https://developers.openai.com/api/reference/resources/images */
export const imageOperations = ({ client }: Connection, dialect: Dialect) => ({
  image: async (input: ImageInput): Promise<Images> => {
    const model = input.model as string
    const { images } = await client()
    const params = paramsOf(input, model, dialect)
    const answer = await jsonOf(await images.generate(params as OpenAI.ImageGenerateParamsNonStreaming).asResponse())
    const rows = Array.isArray(answer.data) ? (answer.data as readonly Row[]) : []
    const mediaType = `image/${typeof answer.output_format === 'string' ? answer.output_format : (input.format ?? 'png')}`
    const made = rows.map(({ b64_json, revised_prompt }) => {
      if (typeof b64_json !== 'string') throw new Error('The answer holds no image.')
      const revised = typeof revised_prompt === 'string' && revised_prompt !== '' ? { revisedPrompt: revised_prompt } : {}
      return { data: fromBase64(b64_json), mediaType, ...revised }
    })
    if (made.length === 0) throw new Error('The answer holds no image.')
    const usage = usageOf(answer.usage)
    const word = (own: string | undefined, told: unknown) => own ?? (typeof told === 'string' ? told : undefined)
    const units = {
      count: made.length,
      size: word(input.size, answer.size),
      quality: word(input.quality, answer.quality),
      usage,
    }
    return {
      images: made,
      provider: dialect.provider,
      model,
      ...(usage === undefined ? {} : { usage }),
      ...priced(dialect, [model], (table, vendor) => costOfImages(table, vendor, model, units)),
    }
  },
})

/** @throws ProviderError `unsupported` for a seed, which OpenAI does not take here. */
export function checkImage({ seed }: ImageInput, { isOpenai }: Dialect): void {
  if (seed === undefined || !isOpenai) return
  throw lacks('seed', 'OpenAI takes no seed for images. Leave `seed` out.')
}

function paramsOf({ prompt, count, size, quality, format, seed }: ImageInput, model: string, { isOpenai }: Dialect) {
  const common = { model, prompt, n: count, size }
  // Its own models always answer bytes; elsewhere, and of old, they have to be asked for.
  if (isOpenai && !model.startsWith('dall-e')) return { ...common, quality, output_format: format }
  const word = isOpenai && quality !== undefined ? (quality === 'high' ? 'hd' : 'standard') : quality
  return { ...common, quality: word, output_format: isOpenai ? undefined : format, seed, response_format: 'b64_json' }
}
