import { costOfImages, type ImageInput, type Images } from '@do/llm'
import { refuse } from '@do/provider'
import { contentOf, counted, isJson, type Setting, tellGateway, unlessCached, vendor } from './answer.ts'
import { bytesIn, mediaTypeOf } from './bytes.ts'
import type { Connection } from './client.ts'

type Quality = NonNullable<ImageInput['quality']>

/** How the families of models are told what to make. */
interface Family {
  readonly prefix: string
  /** The name of the number of steps, and how many make which quality. */
  readonly steps?: readonly [name: string, Readonly<Record<Quality, number>>]
  readonly sized?: true
  readonly seeded?: true
}

const families: readonly Family[] = [
  { prefix: '@cf/black-forest-labs/flux-1-', steps: ['steps', { low: 2, medium: 4, high: 8 }] },
  { prefix: '@cf/leonardo/', steps: ['num_steps', { low: 10, medium: 25, high: 40 }], sized: true, seeded: true },
  { prefix: '@cf/', steps: ['num_steps', { low: 8, medium: 14, high: 20 }], sized: true, seeded: true },
]

const familyOf = (model: string) => families.find(({ prefix }) => model.startsWith(prefix)) ?? { prefix: '' }

/** What no model of Workers AI does, said before anything is sent. */
export function checkImage(input: ImageInput): void {
  const model = input.model as string
  const family = familyOf(model)
  if (model.startsWith('@cf/black-forest-labs/flux-2'))
    throw unsupported('model', 'FLUX.2 takes forms, which are not supported here.')
  if ((input.count ?? 1) > 1) throw unsupported('count', 'Workers AI makes one image at a time: ask several times.')
  if (input.format !== undefined) throw unsupported('format', 'Workers AI does not let its format of images be chosen.')
  if (input.size !== undefined && !family.sized && input.size !== '1024x1024') {
    throw unsupported('size', 'This model makes images of 1024x1024 only.')
  }
  if (input.seed !== undefined && !family.seeded) throw unsupported('seed', 'This model takes no seed.')
  if (input.quality !== undefined && family.steps === undefined)
    throw unsupported('quality', 'This model has no quality to choose.')
}

const unsupported = (field: string, message: string) => refuse('unsupported', message, { field, elsewhere: true })

export const imaging =
  (connection: Connection, setting: Setting) =>
  async (input: ImageInput): Promise<Images> => {
    const model = input.model as string
    const response = await connection.run({ model, inputs: inputsOf(input, familyOf(model)) })
    tellGateway(setting, 'image', model, response)
    const data = isJson(response)
      ? bytesIn(String((await contentOf(response)).image ?? ''))
      : new Uint8Array(await response.arrayBuffer())
    const mediaType = mediaTypeOf(data)
    if (mediaType === undefined || !mediaType.startsWith('image/')) throw new Error('The answer is no image.')
    const cost = unlessCached(setting, response, () => priceOf(setting, input))
    return { images: [{ data, mediaType }], provider: setting.provider, model, ...counted(undefined, cost) }
  }

function inputsOf({ prompt, size, quality, seed }: ImageInput, { steps, sized }: Family): Record<string, unknown> {
  const [width, height] = size === undefined || !sized ? [] : size.split('x').map(Number)
  return {
    prompt,
    ...(width === undefined ? {} : { width, height }),
    ...(quality === undefined || steps === undefined ? {} : { [steps[0]]: steps[1][quality] }),
    ...(seed === undefined ? {} : { seed }),
  }
}

/** By the default of steps: another quality takes more or fewer, which the table does not tell apart. */
function priceOf({ prices }: Setting, { model, quality, size = '1024x1024' }: ImageInput) {
  const isUsual = quality === undefined || quality === 'medium'
  return isUsual ? costOfImages(prices, vendor, model as string, { count: 1, size, quality }) : undefined
}
