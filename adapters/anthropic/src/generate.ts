import type { Anthropic } from '@anthropic-ai/sdk'
import { accumulator, type GenerateRequest, type Generation, type GenerationEvent } from '@do/llm'
import { answerReader, eventsOfMessage } from './answer.ts'
import type { Context } from './driver.ts'
import { bodyOf, eventsOf } from './events.ts'

const path = '/v1/messages'

/** https://platform.claude.com/docs/en/api/messages/create */
export async function generate(context: Context, input: GenerateRequest): Promise<Generation> {
  const request = context.requestFor(input)
  const client = await context.client()
  // Not messages.create: it writes to the console about models, and refuses long answers that do not stream.
  const message = await client.post<Anthropic.Message>(path, { body: request.body, headers: request.headers })
  const reader = answerReader(context.readerFor(request))
  const whole = accumulator({ object: input.output !== undefined })
  for (const event of eventsOfMessage(message)) for (const piece of reader.read(event)) whole.add(piece)
  return { ...whole.result(), raw: message }
}

/** https://platform.claude.com/docs/en/build-with-claude/streaming */
export async function stream(context: Context, input: GenerateRequest): Promise<AsyncIterable<GenerationEvent>> {
  const request = context.requestFor(input)
  const client = await context.client()
  const response = await client
    .post(path, { body: { ...request.body, stream: true }, headers: request.headers, stream: true })
    .asResponse()
  const body = bodyOf(response, 'event-stream')
  return pieces(body, answerReader(context.readerFor(request)))
}

async function* pieces(
  body: AsyncIterable<Uint8Array>,
  reader: ReturnType<typeof answerReader>,
): AsyncGenerator<GenerationEvent> {
  for await (const event of eventsOf(body)) {
    yield* reader.read(event)
    if (event.type === 'message_stop') return
  }
  yield* reader.over()
}
