import { holds, present, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import {
  firstName,
  group,
  hear,
  type LlmCheck,
  type LlmWorld,
  lastAsked,
  lastGenerated,
  stopped,
  unlessRefused,
} from './world.ts'

const embeds = group('embed', why.media, ['embeddings'])
const paints = group('image', why.media, ['images'])
const speaks = group('speak', why.media, ['speech'])
const speaksOn = group('speakStream', why.streams, ['speech-stream'])
const writes = group('transcribe', why.media, ['transcription'])
const writesOn = group('transcribeStream', why.streams, ['transcription-stream'])
const lists = group('models.list', why.models, ['models'])

type Kind = keyof LlmWorld['twin']['models']
const of = ({ twin }: LlmWorld, kind: Kind) => present(twin.models[kind], `The twin's model for ${kind}`)

const words = ['Paris', 'Rome – 東京 👩‍🚀', 'a much longer text about nothing in particular', 'x', 'Paris ']
const sound = new Uint8Array(4_321).map((_, index) => (index * 7) % 256)
const long = Array.from({ length: 40 }, (_, index) => `sentence ${index}.`).join(' ')
const quick = { times: { connect: 5_000, firstOutput: 5_000, idle: 5_000 } }

/** Vendors stream different formats, and refuse the others: any one will do that they also speak at once. */
async function inAnyFormat(world: LlmWorld, text: string) {
  for (const format of ['mp3', 'pcm', 'wav'] as const) {
    const heard = await hear(world.provider.speakStream({ model: of(world, 'speech'), text, format }, quick))
    if (heard.error?.code !== 'unsupported') return { ...heard, format }
  }
  throw new Error('The vendor streams neither mp3 nor samples.')
}

const total = (chunks: readonly Uint8Array[]) => new Uint8Array(chunks.flatMap((chunk) => [...chunk]))

const wrongKey = (prefix: LlmCheck['id'], needs: string, call: (world: LlmWorld) => Promise<unknown>): LlmCheck =>
  group(prefix, why.statuses, [needs])('unauthorized', 'A wrong key is called that', async (world) => {
    world.twin.faults.always({ kind: 'unauthorized' })
    const error = await refused(() => call(world), 'The call', { fault: 'credential' })
    holds(error.trail.length > 0 && error.operation === `llm.${prefix}`, `The error names the operation "${error.operation}".`)
  })

/** Vectors, pictures, sound, lists of models. */
export const media: readonly LlmCheck[] = [
  embeds('order', 'Every text has its vector, in the order of the texts', async (world) => {
    const model = of(world, 'embedding')
    const { embeddings, provider } = await world.provider.embed({ model, input: words })
    same([embeddings.length, provider], [words.length, firstName(world)], 'Vectors, and who made them')
    same(lastAsked(world).texts, words, 'Texts at the vendor')
    for (const [index, text] of words.entries()) {
      const [alone] = (await world.provider.embed({ model, input: [text] })).embeddings
      same(embeddings[index], alone, `The vector of text ${index + 1}, alone and among others`)
    }
    same(new Set(embeddings.map((vector) => vector.join())).size, words.length, 'Different vectors')
  }),
  embeds('numbers', 'Vectors are numbers, all of one length', async (world) => {
    const { embeddings } = await world.provider.embed({ model: of(world, 'embedding'), input: words })
    const [first = []] = embeddings
    holds(first.length > 1, `The vectors have ${first.length} numbers.`)
    for (const vector of embeddings) {
      same(vector.length, first.length, 'Length of a vector')
      holds(vector.every(Number.isFinite), 'A vector holds what is no number.')
    }
  }),
  embeds('counted', 'Tokens of embeddings are counted, where the vendor tells', async (world) => {
    const { usage } = await world.provider.embed({ model: of(world, 'embedding'), input: words })
    if (usage !== undefined) same(usage.output, 0, 'Tokens of output')
    same([world.requests().length, world.twin.generated().length], [1, 1], 'Requests, and answers made')
  }),
  embeds(
    'dimensions',
    'Vectors have the length that was asked for',
    async (world) => {
      const { embeddings } = await world.provider.embed({ model: of(world, 'embedding'), input: words, dimensions: 256 })
      same(
        embeddings.map(({ length }) => length),
        words.map(() => 256),
        'Lengths of the vectors',
      )
    },
    { needs: ['embedding-dimensions'] },
  ),
  wrongKey('embed', 'embeddings', (world) => world.provider.embed({ model: of(world, 'embedding'), input: ['x'] })),
  paints('bytes', 'A description becomes a picture', async (world) => {
    const prompt = 'A lighthouse – 東京'
    const { images, provider } = await world.provider.image({ model: of(world, 'image'), prompt })
    same([images.length, provider], [1, firstName(world)], 'Pictures, and who made them')
    holds((images[0]?.data.length ?? 0) > 8, 'The picture has no bytes.')
    holds(images[0]?.mediaType.startsWith('image/'), `The media type is "${images[0]?.mediaType}".`)
    same(lastAsked(world).texts, [prompt], 'The description at the vendor')
  }),
  paints('count', 'As many pictures come as were asked for, or none are', async (world) => {
    const call = () => world.provider.image({ model: of(world, 'image'), prompt: 'A lighthouse', count: 3 })
    same((await unlessRefused(world, call)).images.length, 3, 'Pictures')
    same(world.requests().length, 1, 'Requests')
  }),
  wrongKey('image', 'images', (world) => world.provider.image({ model: of(world, 'image'), prompt: 'x' })),
  speaks('bytes', 'A text becomes sound', async (world) => {
    const { audio, mediaType, provider } = await world.provider.speak({ model: of(world, 'speech'), text: 'Good morning – 東京' })
    holds(audio.length > 4, 'The sound has no bytes.')
    holds(mediaType.startsWith('audio/'), `The media type is "${mediaType}".`)
    same([provider, lastAsked(world).texts], [firstName(world), ['Good morning – 東京']], 'Who spoke, and the text at the vendor')
  }),
  wrongKey('speak', 'speech', (world) => world.provider.speak({ model: of(world, 'speech'), text: 'x' })),
  speaksOn('same', 'Sound in pieces is the sound that comes at once', async (world) => {
    const { pieces, error, format } = await inAnyFormat(world, long)
    same(error?.code, undefined, 'Error')
    same([pieces[0]?.type, pieces.at(-1)?.type], ['start', 'finish'], 'First and last piece')
    const chunks = pieces.flatMap((piece) => (piece.type === 'audio' ? [piece.data] : []))
    holds(chunks.length > 1, 'The sound came in one piece.')
    const { audio } = await world.provider.speak({ model: of(world, 'speech'), text: long, format })
    holds(total(chunks).length > 4 && total(chunks).join() === audio.join(), 'The sound in pieces is another one.')
  }),
  speaksOn('cut', 'Sound that breaks off ends in an error', async (world) => {
    world.twin.breakStream({ pieces: 2, kind: 'cut' })
    const { pieces, error } = await hear(world.provider.speakStream({ model: of(world, 'speech'), text: long }, quick))
    same(error?.code, 'stream_interrupted', 'Code')
    same(pieces.filter(({ type }) => type === 'finish').length, 0, 'Ends told')
  }),
  speaksOn('reader-leaves', 'Whoever stops listening stops the vendor', async (world) => {
    let count = 0
    for await (const piece of world.provider.speakStream({ model: of(world, 'speech'), text: long })) {
      if (piece.type === 'audio' && ++count === 2) break
    }
    await stopped(world, 'The listener left')
  }),
  wrongKey('speakStream', 'speech-stream', async (world) => {
    const { error } = await hear(world.provider.speakStream({ model: of(world, 'speech'), text: 'x' }))
    if (error !== undefined) throw error
  }),
  writes('text', 'What is said is written down', async (world) => {
    world.twin.say({ text: 'Good morning, Köln.' })
    const input = { model: of(world, 'transcription'), audio: sound, mediaType: 'audio/wav' }
    const { text, provider } = await world.provider.transcribe(input)
    same([text, provider], ['Good morning, Köln.', firstName(world)], 'The text, and who wrote it')
    same(lastAsked(world).audioBytes, sound.length, 'Bytes of sound at the vendor')
  }),
  wrongKey('transcribe', 'transcription', (world) =>
    world.provider.transcribe({ model: of(world, 'transcription'), audio: sound, mediaType: 'audio/wav' }),
  ),
  writesOn('same', 'A transcript in pieces is whole, and told once more with the end', async (world) => {
    world.twin.say({ text: long })
    const input = { model: of(world, 'transcription'), audio: sound, mediaType: 'audio/wav' }
    const { pieces, error } = await hear(world.provider.transcribeStream(input))
    same(error?.code, undefined, 'Error')
    same([pieces[0]?.type, pieces.at(-1)?.type], ['start', 'finish'], 'First and last piece')
    same(pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join(''), long, 'The text of the pieces')
    const last = pieces.at(-1)
    same(last?.type === 'finish' ? last.text : undefined, long, 'The text of the end')
    same(lastAsked(world).audioBytes, sound.length, 'Bytes of sound at the vendor')
  }),
  writesOn('cut', 'A transcript that breaks off ends in an error', async (world) => {
    world.twin.say({ text: long })
    world.twin.breakStream({ pieces: 2, kind: 'end' })
    const input = { model: of(world, 'transcription'), audio: sound, mediaType: 'audio/wav' }
    const { pieces, error } = await hear(world.provider.transcribeStream(input, quick))
    same(error?.code, 'stream_interrupted', 'Code')
    same(pieces.filter(({ type }) => type === 'finish').length, 0, 'Ends told')
    same(lastGenerated(world).whole, false, 'Whole at the vendor')
  }),
  wrongKey('transcribeStream', 'transcription-stream', async (world) => {
    const input = { model: of(world, 'transcription'), audio: sound, mediaType: 'audio/wav' }
    const { error } = await hear(world.provider.transcribeStream(input))
    if (error !== undefined) throw error
  }),
  lists('there', 'The models of the vendor are listed, each under a name that can be asked for', async (world) => {
    const models = await world.provider.models.list()
    const listed: { id: string; provider: string; model: string }[] = []
    for await (const one of models) listed.push(one)
    const names = listed.map(({ model }) => model)
    const missing = [...new Set(Object.values(world.twin.models))].filter((name) => !names.includes(name))
    same(missing, [], 'Models that are missing from the list')
    for (const { id, provider, model } of listed) same(id, `${provider}:${model}`, 'The id of a model')
    const chat = listed.find(({ model }) => model === world.twin.models.chat)
    await world.provider.generate({ model: chat?.id ?? '', messages: [{ role: 'user', content: 'Hi' }] })
    same(lastAsked(world).model, world.twin.models.chat, 'The model that was asked by its id')
  }),
  lists('facts', 'A list of models says what each is for, and what it costs where that is known', async (world) => {
    const facts = { kind: 'chat', input: 1_250_000, output: 10_000_000 } as const
    const table = { date: '2026-11-01', models: { [world.twin.vendor]: { '*': facts } } }
    const provider = await world.another({ prices: table })
    let seen = 0
    for await (const { model, kind, prices, capabilities } of provider.models.list()) {
      holds(Array.isArray(capabilities), 'A model has no list of what it can.')
      if (model !== world.twin.models.chat) continue
      seen += 1
      same([kind, prices?.input, prices?.output], ['chat', 1_250_000, 10_000_000], 'Kind and prices of the model')
    }
    holds(seen > 0, 'The model is not in the list.')
  }),
  wrongKey('models.list', 'models', (world) => world.provider.models.list().page()),
]
