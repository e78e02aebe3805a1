import { type WorkersAiTwinOptions, workersAiTwin } from '@do/fixtures/workers-ai'
import { collect, type GenerateInput, type Generation, type GenerationEvent, type Llm } from '@do/llm'
import { ProviderError, testClock } from '@do/provider'
import { type WorkersAiBinding, type WorkersAiRestOptions, workersAiLlm } from '../index.ts'

export const hello: GenerateInput['messages'] = [{ role: 'user', content: 'Hello' }]
export const llama = '@cf/meta/llama-3.3-70b-instruct-fp8-fast'

type Body = Readonly<Record<string, unknown>>

/** The twin, the adapter over REST and the adapter through the binding, on the same account. */
export function setUp(options: Partial<WorkersAiRestOptions> = {}, twinOptions: WorkersAiTwinOptions = {}) {
  const twin = workersAiTwin({ clock: testClock(), ...twinOptions })
  const rest = workersAiLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, ...options })
  const { accountId: _, apiToken: __, ...common } = options
  const inWorker = (binding: WorkersAiBinding = twin.binding) => workersAiLlm({ binding, clock: twin.clock, ...common })
  const bodies = () => twin.requests().map(({ body }) => JSON.parse(body) as Body)
  return { twin, rest, inWorker, bodies, model: twin.models.chat }
}

/** A vendor of one's own: answers the same to everything. */
export function serving(answer: () => Response | Promise<Response>, options: Partial<WorkersAiRestOptions> = {}) {
  const clock = testClock()
  const provider = workersAiLlm({ accountId: 'a1', apiToken: 't1', fetch: async () => answer(), clock, ...options })
  const binding = { run: async () => answer() }
  return { provider, inWorker: workersAiLlm({ binding, clock }), clock }
}

/** Server-sent events, of texts as they are or of JSON. */
export function events(...parts: readonly (string | object)[]): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) {
        controller.enqueue(encoder.encode(typeof part === 'string' ? part : `data: ${JSON.stringify(part)}\n\n`))
      }
      controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

export const done = 'data: [DONE]\n\n'

export const delta = (piece: object, finish: string | null = null) => ({
  id: 'chatcmpl-1',
  choices: [{ index: 0, delta: piece, finish_reason: finish }],
})

export const wrapped = (result: unknown) => Response.json({ result, success: true, errors: [], messages: [] })

export const pieced = (provider: Llm, input: GenerateInput): Promise<Generation> =>
  collect(provider.stream(input), { object: input.output !== undefined })

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

export const textOf = (list: readonly GenerationEvent[]) =>
  list.map((event) => (event.type === 'text' ? event.text : '')).join('')

export async function failure(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('Expected a ProviderError.', { cause: error })
  return error
}
