import { serverEventsIn, wholeEvents } from '@do/llm'
import type { GenerateContentParameters, GenerateContentResponse } from '@google/genai/web'
import type { Connection } from './client.ts'
import { inBand } from './errors.ts'
import { isObject } from './schema.ts'

/** What Google says in one event, or at once. */
export type Answer = Pick<
  GenerateContentResponse,
  'candidates' | 'modelVersion' | 'promptFeedback' | 'responseId' | 'usageMetadata'
>

/**
 * A stream of answers. The SDK sends the request and judges what comes back; the events are read here, since the SDK makes a Response
 * of each of them, and lets the connection run on when its reader leaves.
 * @throws the SDK's own error where Google refuses.
 */
export async function streamed(
  { client, transport }: Connection,
  parameters: GenerateContentParameters,
): Promise<AsyncIterable<Answer>> {
  const google = await client()
  let body: ReadableStream<Uint8Array> | null = null
  const fetch: typeof transport = async (input, init) => {
    const response = await transport(input, init)
    if (!response.ok) return response
    body = response.body
    return new Response(null, response)
  }
  const config = { ...parameters.config, httpOptions: { fetch } }
  await google.models.generateContentStream({ ...parameters, config })
  if (body === null) throw new Error('The answer has no body.')
  return answersIn(body)
}

async function* answersIn(body: ReadableStream<Uint8Array>): AsyncGenerator<Answer> {
  const decoder = new TextDecoder()
  for await (const chunk of wholeEvents(chunksOf(body))) {
    const text = decoder.decode(chunk)
    // An error may come as it is, without an event around it.
    if (/^\s*[[{]/.test(text)) yield answerIn(text)
    for (const { data } of serverEventsIn(text)) if (data !== undefined) yield answerIn(data)
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Whoever stops reading hangs up.
    reader.cancel().catch(() => {})
  }
}

/** @throws VendorRefusal for an error of Google's, a SyntaxError for what is no JSON. */
function answerIn(data: string): Answer {
  const said: unknown = JSON.parse(data)
  const error = inBand(said)
  if (error !== undefined) throw error
  if (!isObject(said)) throw new Error('The event is no object.')
  return said
}
