import type { Generation, Llm, RelayEvent } from '@do/llm'
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
  let end: AnswerEnd | undefined
  return {
    provider: start.provider,
    model: start.model,
    contentType: start.contentType,
    headers: start.headers,
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
        if (value.type === 'bytes') return value.data
        if (value.type === 'finish') end = endOf(value)
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
  let end: AnswerEnd | undefined
  return {
    provider: start.provider,
    model: start.model,
    contentType: sse,
    headers: {},
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
        const text = first + writer.write(value)
        first = ''
        if (value.type === 'finish') end = endOf(value)
        if (text !== '') return encoder.encode(text)
      }
    },
    stop: () => void pieces.return?.(),
  }
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
