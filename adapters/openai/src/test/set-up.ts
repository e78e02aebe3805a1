import { type OpenaiTwinOptions, openaiTwin } from '@do/fixtures/openai'
import type { GenerateInput } from '@do/llm'
import { ProviderError, testClock } from '@do/provider'
import { type OpenaiCompatibleOptions, type OpenaiOptions, openaiCompatibleLlm, openaiLlm } from '../index.ts'

/** A request's body, as far as tests look into it. */
export interface Sent {
  readonly [name: string]: unknown
  readonly messages: readonly { readonly role: string; readonly content: unknown; readonly [name: string]: unknown }[]
  readonly response_format: { readonly type: string; readonly json_schema: object }
}

export const hello: GenerateInput['messages'] = [{ role: 'user', content: 'Hello' }]

export function setUp(options: Partial<OpenaiOptions> = {}, twinOptions: OpenaiTwinOptions = {}) {
  const twin = openaiTwin({ clock: testClock(), ...twinOptions })
  const provider = openaiLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, ...options })
  const bodies = () => twin.requests().map(({ body }) => JSON.parse(body) as Sent)
  return { twin, provider, bodies, model: twin.models.chat }
}

export function setUpCompatible(options: Partial<OpenaiCompatibleOptions> = {}, twinOptions: OpenaiTwinOptions = {}) {
  const twin = openaiTwin({ clock: testClock(), dialect: 'vllm', ...twinOptions })
  const own = { name: twin.vendor, baseUrl: twin.baseUrl, fetch: twin.fetch, clock: twin.clock }
  const provider = openaiCompatibleLlm({ ...own, ...twin.credentials, ...options })
  const bodies = () => twin.requests().map(({ body }) => JSON.parse(body) as Sent)
  return { twin, provider, bodies, model: twin.models.chat }
}

/** A server of one's own: answers the same to everything, and shows what it was sent. */
export function serving(answer: (body: Sent, request: Request) => Response | Promise<Response>) {
  const seen: { readonly request: Request; readonly body: Sent }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const text = await request.clone().text()
    const body = text.startsWith('{') ? (JSON.parse(text) as Sent) : ({} as Sent)
    seen.push({ request, body })
    return answer(body, request)
  }
  const at = { fetch, clock: testClock() }
  return {
    seen,
    openai: (options: Partial<OpenaiOptions> = {}) => openaiLlm({ apiKey: 'sk-test', ...at, ...options }),
    compatible: (options: Partial<OpenaiCompatibleOptions> = {}) =>
      openaiCompatibleLlm({ baseUrl: 'https://llm.example.com/v1', ...at, ...options }),
  }
}

/** Server-sent events of chunks, cut as they are given. */
export function events(...texts: readonly (string | object)[]): Response {
  const encoder = new TextEncoder()
  const parts = texts.map((text) => (typeof text === 'string' ? text : `data: ${JSON.stringify(text)}\n\n`))
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(encoder.encode(part))
      controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

export const done = 'data: [DONE]\n\n'

/** A chunk of a streamed answer. */
export const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'some-model',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})

/** A whole answer. */
export const answer = (message: object, finish: string | null = 'stop', more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'some-model',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  ...more,
})

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

export const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('Expected a ProviderError.', { cause: error })
  return error
}
