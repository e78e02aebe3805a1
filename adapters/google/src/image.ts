import { costOfImages, type ImageInput, type Images } from '@do/llm'
import { fromBase64, refuse } from '@do/provider'
import type { Modality } from '@google/genai/web'
import { defined } from './client.ts'
import { modelIn } from './model.ts'
import { oneRequest } from './request.ts'
import { counted, plainName, usageOf } from './usage.ts'
import { answered, type Vendor } from './vendor.ts'

/** https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios */
const ratios = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'] as const

const no = (field: string, message: string) => refuse('unsupported', message, { field, elsewhere: true })

/** @throws ProviderError `unsupported` for what Google's image models cannot be told. */
export function checkImage(input: ImageInput): void {
  const model = modelIn(input)
  if ((input.count ?? 1) !== 1) throw no('count', 'Google makes one image at a time. Ask several times.')
  if (input.quality !== undefined) throw no('quality', 'Google knows no quality of images. Leave it out, or ask for a `size`.')
  if (input.format !== undefined) throw no('format', 'Google chooses the format of an image. Leave it out: `mediaType` tells it.')
  shapeOf(input.size, model)
}

/** The shape and the step of resolution that a size amounts to: Google takes no pixels. */
export function shapeOf(size: string | undefined, model: string): { aspectRatio?: string; imageSize?: string } {
  if (size === undefined) return {}
  const [width = 0, height = 0] = size.split('x').map(Number)
  const aspectRatio = ratios.find((ratio) => {
    const [across = 1, down = 1] = ratio.split(':').map(Number)
    return Math.abs((width / height) * (down / across) - 1) < 0.04
  })
  const side = Math.sqrt(width * height)
  const step =
    side > 640 && side <= 1_448 ? '1K' : side > 1_448 && side <= 2_896 ? '2K' : side > 2_896 && side <= 5_000 ? '4K' : ''
  // The models before Gemini 3 have one step, and do not take its name.
  const isOneStep = model.includes('2.5')
  if (aspectRatio === undefined || step === '' || (isOneStep && step !== '1K')) {
    throw no('size', `"${model}" makes no images of about ${size}. Its shapes: ${ratios.join(', ')}, from about 1024 pixels.`)
  }
  return isOneStep ? { aspectRatio } : { aspectRatio, imageSize: step }
}

export const painter =
  (vendor: Vendor) =>
  async (input: ImageInput): Promise<Images> => {
    const model = modelIn(input)
    const shape = shapeOf(input.size, model)
    const answer = await answered(vendor, {
      model,
      contents: [{ role: 'user', parts: [{ text: input.prompt }] }],
      config: {
        ...oneRequest,
        responseModalities: ['IMAGE' satisfies `${Modality}`],
        ...defined({ seed: input.seed, imageConfig: input.size === undefined ? undefined : shape }),
      },
    })
    const images = (answer.candidates?.[0]?.content?.parts ?? []).flatMap(({ inlineData, thought }) =>
      inlineData?.data === undefined || thought === true
        ? []
        : [{ data: fromBase64(inlineData.data), mediaType: inlineData.mimeType ?? 'image/png' }],
    )
    if (images.length === 0) throw new Error('The answer has no image.')
    const served = answer.modelVersion ?? model
    const units = { count: images.length, size: input.size }
    return {
      images,
      provider: vendor.provider,
      model: plainName(served),
      ...counted(vendor.prices, { asked: model, served }, usageOf(answer.usageMetadata), (name, usage) =>
        costOfImages(vendor.prices, 'google', name, { ...units, usage }),
      ),
    }
  }
