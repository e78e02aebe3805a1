import { type GenerateInput, type Generation, type GenerationEvent, type Llm, collect as put } from '@do/llm'
import { type CallOptions, ProviderError, type Streaming, type TrailEntry } from '@do/provider'
import { fail, holds, NotApplicable, outcome, present, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { namesBehind } from '../facts.ts'
import type { AskedAnswer, GeneratedAnswer, LlmTwin } from '../llm-twin.ts'

export type LlmWorld = World<Llm, LlmTwin>
export type LlmCheck = Check<LlmWorld>

type More = Partial<GenerateInput>

export const question = 'What is the capital of France?'

/** A question that any model answers. */
export const asking = (world: LlmWorld, more: More = {}): GenerateInput => ({
  model: world.twin.models.chat,
  messages: [{ role: 'user', content: question }],
  ...more,
})

/** Forty words, so that a stream has pieces enough to break between them. */
export const story = Array.from({ length: 40 }, (_, index) => `word-${index + 1}`).join(' ')

export const weather = {
  name: 'weather',
  description: 'The weather of a place',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city', 'days'],
    additionalProperties: false,
  },
}

export const clockTool = {
  name: 'clock',
  description: 'The time at a place',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

export const lastAsked = (world: LlmWorld): AskedAnswer => present(world.twin.asked().at(-1), 'What the vendor was asked')
export const lastGenerated = (world: LlmWorld): GeneratedAnswer =>
  present(world.twin.generated().at(-1), 'What the vendor answered')
export const firstName = (world: LlmWorld): string => present(namesBehind(world.provider)[0], 'The name of the instance')

/** The whole answer, whichever way it is asked for. */
export type Answer = (more?: More, options?: CallOptions) => Promise<Generation>

export const whole =
  (world: LlmWorld, provider: Llm = world.provider): Answer =>
  (more, options) =>
    provider.generate(asking(world, more), options)

export const pieced =
  (world: LlmWorld, provider: Llm = world.provider): Answer =>
  (more, options) =>
    put(provider.stream(asking(world, more), options), { object: more?.output !== undefined })

/** What came of a stream, to its end or to its break. */
export interface Heard<T = GenerationEvent> {
  readonly pieces: readonly T[]
  readonly error: ProviderError | undefined
  readonly trail: readonly TrailEntry[]
}

/** Reads a stream. A break must be a ProviderError; more pieces than any answer has are a stream that never ends. */
export async function hear<T>(stream: Streaming<T>, onPiece: (piece: T, count: number) => void = () => {}): Promise<Heard<T>> {
  const pieces: T[] = []
  let error: ProviderError | undefined
  try {
    for await (const piece of stream) {
      pieces.push(piece)
      onPiece(piece, pieces.length)
      if (pieces.length > 2_000) fail('The stream gave 2,000 pieces and goes on.')
    }
  } catch (thrown) {
    if (!ProviderError.is(thrown)) throw thrown
    error = thrown
  }
  return { pieces, error, trail: stream.trail }
}

export const hearing = (world: LlmWorld, more: More = {}, options: CallOptions = {}, provider: Llm = world.provider) =>
  hear(provider.stream(asking(world, more), options))

export const textIn = (pieces: readonly GenerationEvent[]): string =>
  pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join('')

/** Lets go of what is under way: aborts and closed connections arrive. */
export async function aMoment(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 0))
}

/** What no capability names, an adapter may still refuse before anything is sent: then the promise does not exist. */
export async function unlessRefused<T>(world: LlmWorld, call: () => Promise<T>): Promise<T> {
  const before = world.requests().length
  const result = await outcome(call)
  if (result.ok) return result.value
  if (result.error.code !== 'unsupported') throw result.error
  same(world.requests().length - before, 0, 'Requests sent, although it is not supported')
  throw new NotApplicable(result.error.message)
}

interface Facts {
  readonly needs?: readonly string[]
  readonly level?: LlmCheck['level']
}

/** Makes the checks of one operation. */
export const group =
  (prefix: string, why: string, common: readonly string[] = []) =>
  (name: string, title: string, run: LlmCheck['run'], more: Facts = {}): LlmCheck => {
    const needs = [...common, ...(more.needs ?? [])]
    return {
      id: `llm.${prefix}.${name}`,
      level: more.level ?? 'must',
      ...(needs.length === 0 ? {} : { needs }),
      title,
      why,
      run,
    }
  }

/** `on`: the same way, of another provider. */
type BothWays = (world: LlmWorld, answer: Answer, on: (provider: Llm) => Answer) => Promise<void>

/** The same promise of an answer at once and of one in pieces. */
export const bothWays =
  (why: string, common: readonly string[] = []) =>
  (name: string, title: string, run: BothWays, more: Facts = {}): LlmCheck[] => {
    const by = (way: typeof whole) => (world: LlmWorld) => run(world, way(world), (provider) => way(world, provider))
    return [
      group('generate', why, common)(name, title, by(whole), more),
      group('stream', why, common)(name, `${title}, piece by piece too`, by(pieced), more),
    ]
  }

/** It must have been stopped in time: the vendor did not make what nobody reads. */
export async function stopped(world: LlmWorld, what: string): Promise<void> {
  await aMoment()
  const { left, pieces, whole: isWhole } = lastGenerated(world)
  holds(left && !isWhole, `${what}: the vendor was not told, and made all of its answer. Abort the connection.`)
  holds(pieces <= 12, `${what}: the vendor made ${pieces} of 40 pieces before it heard.`)
}
