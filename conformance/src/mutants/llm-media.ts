import { refuse } from '@do/provider'
import { driving, type Json, missent, mutant } from './llm-tools.ts'
import type { Mutant } from './mutant.ts'

const wrap = (name: string, change: (answer: any, input: any) => any) => (operations: any) => ({
  [name]: async (input: any, context: any) => change({ ...(await operations[name](input, context)) }, input),
})

/** The pieces of a stream, read in another way. */
const wrapStream = (name: string, read: (source: AsyncIterable<any>) => AsyncIterable<any>) => (operations: any) => ({
  [name]: async (input: any, context: any) => read(await operations[name](input, context)),
})

const wrongKeys = ['embed', 'image', 'speak', 'transcribe'].map((name) => `${name}.unauthorized`)

const ending = (finish: (text: string) => object) =>
  async function* (source: AsyncIterable<any>): AsyncGenerator<any> {
    let text = ''
    let ended = false
    try {
      for await (const piece of source) {
        if (piece.type === 'text') text += piece.text
        ended ||= piece.type === 'finish'
        yield piece
      }
    } catch {
      ended = false
    }
    if (!ended) yield finish(text)
  }

/** Wrong in vectors, pictures, sound and lists of models. */
export const llmMediaMutants: readonly Mutant[] = [
  driving(
    'embed/sorted',
    'Mixes up the order of vectors.',
    ['embed.order'],
    wrap('embed', (answer) => ({ ...answer, embeddings: [...answer.embeddings].reverse() })),
  ),
  driving(
    'embed/first',
    'Gives one vector for all.',
    ['embed.order'],
    wrap('embed', (answer) => ({ ...answer, embeddings: answer.embeddings.slice(0, 1) })),
  ),
  missent(
    'embed/trims',
    'Trims texts before they become vectors.',
    ['embed.order'],
    (body) => {
      body.texts = body.texts.map((text: string) => text.trim())
    },
    '/vectors',
  ),
  driving(
    'embed/ragged',
    'Leaves zeros out of vectors.',
    ['embed.numbers'],
    wrap('embed', (answer) => ({
      ...answer,
      embeddings: answer.embeddings.map((vector: number[], index: number) => vector.slice(0, vector.length - (index % 2))),
    })),
  ),
  driving(
    'embed/counts-output',
    'Counts vectors as output.',
    ['embed.counted'],
    wrap('embed', (answer) => ({
      ...answer,
      usage: { ...answer.usage, output: 32 },
    })),
  ),
  driving('embed/one-by-one', 'Asks for each text alone.', ['embed.counted'], ({ embed }) => ({
    embed: async (input: any, context: any) => {
      const all = []
      for (const text of input.input) all.push(await embed({ ...input, input: [text] }, context))
      return { ...all[0], embeddings: all.flatMap(({ embeddings }) => embeddings) }
    },
  })),
  missent(
    'embed/size-dropped',
    'Drops the length that was asked for.',
    ['embed.dimensions'],
    (body) => {
      delete body.size
    },
    '/vectors',
  ),
  driving(
    'image/empty',
    'Gives pictures without bytes.',
    ['image.bytes'],
    wrap('image', (answer) => ({
      ...answer,
      images: answer.images.map((image: Json) => ({ ...image, data: new Uint8Array() })),
    })),
  ),
  driving(
    'image/text',
    'Calls a picture text.',
    ['image.bytes'],
    wrap('image', (answer) => ({
      ...answer,
      images: answer.images.map((image: Json) => ({ ...image, mediaType: 'text/plain' })),
    })),
  ),
  missent(
    'image/one',
    'Makes one picture, however many were asked for.',
    ['image.count'],
    (body) => {
      body.count = 1
    },
    '/images',
  ),
  missent(
    'image/prompt-cut',
    'Cuts the description.',
    ['image.bytes'],
    (body) => {
      body.prompt = body.prompt.slice(0, 5)
    },
    '/images',
  ),
  driving(
    'speak/silent',
    'Gives no sound.',
    ['speak.bytes'],
    wrap('speak', (answer) => ({ ...answer, audio: new Uint8Array() })),
  ),
  driving('speak/wants-format', 'Takes it that every request says its format.', ['speak.bytes'], ({ speak }) => ({
    speak: async (input: any, context: any) => {
      if (input.format === undefined) throw refuse('unsupported', 'No such format.', { field: 'format' })
      return speak(input, context)
    },
  })),
  missent(
    'speak/ascii',
    'Speaks ASCII only.',
    ['speak.bytes'],
    (body) => {
      body.text = body.text.replaceAll(/[^ -~]/gu, '')
    },
    '/speech',
  ),
  driving(
    'speak/loses-pieces',
    'Loses every other piece of sound.',
    ['speakStream.same'],
    wrapStream('speakStream', async function* (source) {
      let index = 0
      for await (const piece of source) if (piece.type !== 'audio' || index++ % 2 === 0) yield piece
    }),
  ),
  driving(
    'speak/ends-anyway',
    'Calls sound whole that broke off.',
    ['speakStream.cut'],
    wrapStream(
      'speakStream',
      ending(() => ({ type: 'finish' })),
    ),
  ),
  driving(
    'speak/deaf',
    'Has all of the sound made before it gives any.',
    ['speakStream.reader-leaves'],
    wrapStream('speakStream', async function* (source) {
      const all: unknown[] = []
      for await (const piece of source) all.push(piece)
      yield* all
    }),
  ),
  driving(
    'transcribe/lower',
    'Writes everything small.',
    ['transcribe.text'],
    wrap('transcribe', (answer) => ({ ...answer, text: answer.text.toLowerCase() })),
  ),
  missent(
    'transcribe/half',
    'Sends half of the sound.',
    ['transcribe.text', 'transcribeStream.same'],
    (body) => {
      body.audio = body.audio.slice(0, 1_000)
    },
    '/transcripts',
  ),
  driving(
    'transcribe/last-only',
    'Forgets the text at the end.',
    ['transcribeStream.same'],
    wrapStream('transcribeStream', async function* (source) {
      for await (const piece of source) yield piece.type === 'finish' ? { ...piece, text: '' } : piece
    }),
  ),
  driving(
    'transcribe/ends-anyway',
    'Calls a transcript whole that broke off.',
    ['transcribeStream.cut'],
    wrapStream(
      'transcribeStream',
      ending((text) => ({ type: 'finish', text })),
    ),
  ),
  driving('models/short', 'Lists the first model only.', ['models.list.there', 'models.list.facts'], ({ models }) => ({
    models: {
      list: async (input: any, context: any) => {
        const page = await models.list(input, context)
        return { ...page, items: page.items.slice(-1) }
      },
    },
  })),
  driving('models/ids', "Gives the vendor's names as ids.", ['models.list.there'], ({ models }) => ({
    models: {
      list: async (input: any, context: any) => {
        const page = await models.list(input, context)
        return { ...page, items: page.items.map((item: Json) => ({ ...item, id: item.model })) }
      },
    },
  })),
  driving('models/unpriced', 'Does not say what models cost.', ['models.list.facts'], ({ models }) => ({
    models: {
      list: async (input: any, context: any) => {
        const page = await models.list(input, context)
        return { ...page, items: page.items.map(({ prices: _, ...item }: Json) => item) }
      },
    },
  })),
  mutant(
    'media/keys-alike',
    'Calls a wrong key a failure of the vendor.',
    [...[...wrongKeys, 'speakStream.unauthorized', 'transcribeStream.unauthorized', 'models.list.unauthorized']],
    {
      driver: (driver) => ({
        ...driver,
        errors: { ...driver.errors, bad_key: { ...driver.errors.bad_key, fault: 'provider' } as never },
      }),
    },
  ),
]
