import { accumulator, bodyOf, type GenerateRequest, type Generation, type GenerationEvent } from '@do/llm'
import type { DriverContext } from '@do/provider'
import type { OpenAI } from 'openai'
import { type AnswerReader, answerReader } from './answer.ts'
import { isJson, jsonOf } from './body.ts'
import type { Connection } from './client.ts'
import type { Dialect } from './options.ts'
import type { WireRequest } from './request.ts'
import { done, said } from './sse.ts'

type Params = OpenAI.ChatCompletionCreateParams

/** Answers over `POST /chat/completions`. https://developers.openai.com/api/reference/resources/chat */
export const chatOperations = ({ client }: Connection, dialect: Dialect, requestOf: (input: GenerateRequest) => WireRequest) => ({
  generate: async (input: GenerateRequest): Promise<Generation> => {
    const request = requestOf(input)
    const { chat } = await client()
    // The SDK's types know only OpenAI's own fields.
    const response = await chat.completions.create(request.body as unknown as Params).asResponse()
    const raw = await jsonOf(response)
    const reader = answerReader(dialect, request)
    const whole = accumulator({ object: input.output !== undefined })
    const events = [...reader.read(raw), ...reader.end({ whole: true })]
    if (events[0]?.type !== 'start') throw new Error('The answer holds no choice.')
    for (const event of events) whole.add(event)
    return { ...whole.result(), raw }
  },

  stream: async (input: GenerateRequest, { signal }: DriverContext): Promise<AsyncIterable<GenerationEvent>> => {
    const request = requestOf(input)
    const { chat } = await client()
    const body = { ...request.body, stream: true, ...(dialect.streamUsage ? { stream_options: { include_usage: true } } : {}) }
    const response = await chat.completions.create(body as unknown as Params).asResponse()
    return events(response, answerReader(dialect, request), signal)
  },
})

async function* events(response: Response, reader: AnswerReader, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
  // Some servers answer in one piece although a stream was asked for.
  if (isJson(response)) {
    yield* reader.read(await jsonOf(response))
    yield* reader.end({ whole: true })
    return
  }
  for await (const chunk of said(bodyOf(response, signal))) if (chunk !== done) yield* reader.read(chunk)
  yield* reader.end()
}
