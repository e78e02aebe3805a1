import { accumulator, bodyOf, type GenerateRequest, type Generation, type GenerationEvent } from '@do/llm'
import type { DriverContext } from '@do/provider'
import type { OpenAI } from 'openai'
import { type AnswerReader, answerReader } from './answer.ts'
import { isJson, jsonOf } from './body.ts'
import type { Connection } from './client.ts'
import type { Dialect } from './options.ts'
import type { WireRequest } from './request.ts'
import { responseReader } from './response.ts'
import { done, said } from './sse.ts'

/**
 * Answers over `POST /chat/completions` (https://developers.openai.com/api/reference/resources/chat) or `POST /responses`
 * (https://developers.openai.com/api/reference/resources/responses), as the request says.
 */
export const chatOperations = ({ client }: Connection, dialect: Dialect, requestOf: (input: GenerateRequest) => WireRequest) => {
  const ask = async (input: GenerateRequest, streamed = false) => {
    const request = requestOf(input)
    const { chat, responses } = await client()
    // The SDK's types know only OpenAI's own fields.
    const body = { ...request.body, ...(streamed && { stream: true, ...request.streamed }) } as unknown
    const answer =
      request.api === 'chat'
        ? chat.completions.create(body as OpenAI.ChatCompletionCreateParams)
        : responses.create(body as OpenAI.Responses.ResponseCreateParams)
    const reader = (request.api === 'chat' ? answerReader : responseReader)(dialect, request)
    return { response: await answer.asResponse().catch(inOurWords), reader }
  }
  return {
    generate: async (input: GenerateRequest): Promise<Generation> => {
      const { response, reader } = await ask(input)
      const raw = await jsonOf(response)
      const whole = accumulator({ object: input.output !== undefined })
      const events = [...reader.read(raw), ...reader.end({ whole: true })]
      if (events.at(-1)?.type !== 'finish') throw new Error('The answer is none.')
      for (const event of events) whole.add(event)
      return { ...whole.result(), raw }
    },

    stream: async (input: GenerateRequest, { signal }: DriverContext): Promise<AsyncIterable<GenerationEvent>> => {
      const { response, reader } = await ask(input, true)
      return events(response, reader, signal)
    },
  }
}

/** What Responses call the input is our messages. */
function inOurWords(error: { readonly error?: { param?: unknown } | null }): never {
  const about = error?.error
  if (about?.param) about.param = String(about.param).replace(/^input\b/, 'messages')
  throw error
}

async function* events(response: Response, reader: AnswerReader, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
  // Some servers answer in one piece although a stream was asked for.
  if (isJson(response)) {
    yield* reader.read(await jsonOf(response))
    yield* reader.end({ whole: true })
    return
  }
  const body = bodyOf(response, signal)
  for await (const chunk of said(body)) {
    if (chunk === done) continue
    yield* reader.read(chunk)
    // Responses have no end mark of their own.
    if (!reader.isOver) continue
    body.settle()
    break
  }
  yield* reader.end()
}
