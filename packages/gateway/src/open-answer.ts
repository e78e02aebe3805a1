import type { Generation, GenerationEvent, Llm, RelayEvent } from '@do/llm'
import { type CallOptions, ProviderError, type Trail } from '@do/provider'
import type { Answer, AnswerEnd } from './answer.ts'
import type { Json } from './body.ts'
import type { AnswerFacts, Language, Translated } from './language.ts'

export interface Question {
  readonly language: Language
  readonly body: Json
  readonly streamed: boolean
  readonly facts: AnswerFacts
  /** The client's headers that belong to the request. */
  readonly headers: Record<string, string>
}

const sse = 'text/event-stream; charset=utf-8'

const endOf = ({
  finish,
  usage,
  cost,
}: {
  readonly finish?: AnswerEnd['finish']
  usage?: AnswerEnd['usage']
  cost?: AnswerEnd['cost']
}) => ({
  finish,
  usage,
  cost,
})

/** Bytes as the vendor sends them. Resolves with the first that are output: until then another provider may take over. */
export async function openRelay(
  llm: Llm,
  models: readonly string[],
  question: Question,
  options: CallOptions,
  before: Trail,
): Promise<Answer> {
  const { language, body, headers } = question
  const given = Object.keys(headers).length === 0 ? {} : { headers }
  const stream = llm.relay({ model: [...models], wire: language.wire, body: body as Record<string, unknown>, ...given }, options)
  const pieces = stream[Symbol.asyncIterator]()
  const { value: start } = (await pieces.next()) as IteratorResult<RelayEvent, undefined>
  if (start?.type !== 'start') throw disordered()
  return flowing(start, { stream, pieces, before }, (piece) => (piece.type === 'bytes' ? piece.data : undefined))
}

interface Flow<Piece> {
  readonly stream: { readonly trail: Trail }
  /** What comes behind the start. */
  readonly pieces: AsyncIterator<Piece, undefined>
  readonly before: Trail
}

/** An answer whose bytes come one after the other. `write`: what a piece becomes; some become nothing. */
function flowing<Piece extends RelayEvent | GenerationEvent>(
  { provider, model, contentType, headers }: Pick<Answer, 'provider' | 'model' | 'contentType' | 'headers'>,
  { stream, pieces, before }: Flow<Piece>,
  write: (piece: Piece) => Uint8Array | undefined,
): Answer {
  let end: AnswerEnd | undefined
  return {
    provider,
    model,
    contentType,
    headers,
    get trail() {
      return [...before, ...stream.trail]
    },
    get end() {
      return end
    },
    async next() {
      for (;;) {
        const { done, value } = await pieces.next()
        if (done) return undefined
        const bytes = write(value)
        if (value.type === 'finish') end = endOf(value)
        if (bytes !== undefined) return bytes
      }
    },
    stop: () => void pieces.return?.(),
  }
}

const encoder = new TextEncoder()

/** The answer of a provider with another language, in the client's. */
export async function openTranslated(
  llm: Llm,
  models: readonly string[],
  translated: Translated,
  question: Question,
  options: CallOptions,
  before: Trail,
): Promise<Answer> {
  const input = { ...translated, model: [...models] }
  if (!question.streamed) {
    let trail: Trail = []
    const generation = await llm.generate(input, { ...options, onTrail: (record) => (trail = record) })
    return wholeAnswer(generation, [...before, ...trail], question)
  }
  const stream = llm.stream(input, options)
  const pieces = stream[Symbol.asyncIterator]()
  const writer = question.language.writer(question.body, question.facts)
  const { value: start } = await pieces.next()
  if (start?.type !== 'start') throw disordered()
  let first = writer.write(start)
  return flowing({ ...start, contentType: sse, headers: {} }, { stream, pieces, before }, (piece) => {
    const text = first + writer.write(piece)
    first = ''
    return text === '' ? undefined : encoder.encode(text)
  })
}

function wholeAnswer(generation: Generation, trail: Trail, { language, facts }: Question): Answer {
  let bytes: Uint8Array | undefined = encoder.encode(JSON.stringify(language.answer(generation, facts)))
  return {
    provider: generation.provider,
    model: generation.model,
    contentType: 'application/json',
    headers: {},
    trail,
    end: endOf(generation),
    async next() {
      const all = bytes
      bytes = undefined
      return all
    },
    stop: () => {},
  }
}

/** An adapter that does not begin with `start` is wrong; its answer cannot be told apart from others. */
const disordered = () =>
  new ProviderError({
    effect: 'unknown',
    fault: 'provider',
    code: 'unreadable_answer',
    message: 'The adapter did not begin its answer with `start`. This is a bug of the adapter.',
  })
