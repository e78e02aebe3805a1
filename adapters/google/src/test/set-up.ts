import { type GoogleTwinOptions, googleTwin } from '@do/fixtures/google'
import type { Generation, GenerationEvent } from '@do/llm'
import { ProviderError, type Streaming } from '@do/provider'
import { type GoogleLlmOptions, googleLlm } from '../index.ts'

export function setUp(options: Partial<GoogleLlmOptions> = {}, twinOptions: GoogleTwinOptions = {}) {
  const twin = googleTwin(twinOptions)
  const llm = googleLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, ...options })
  /** The bodies that were sent. */
  const sent = () => twin.requests().map(({ body }) => (body === '' ? undefined : JSON.parse(body)))
  return { twin, llm, sent, chat: twin.models.chat }
}

/** A provider of a vendor that answers just this, and the bodies that it was sent. */
export function answering(...answers: readonly (object | string | Response)[]) {
  const bodies: unknown[] = []
  const queue = [...answers]
  const fetch: typeof globalThis.fetch = async (_, init) => {
    bodies.push(JSON.parse(String(init?.body ?? 'null')))
    const next = queue.shift()
    if (next instanceof Response) return next
    if (typeof next === 'string') return new Response(next, { headers: { 'content-type': 'text/event-stream' } })
    return Response.json(next)
  }
  return { llm: googleLlm({ apiKey: 'key', fetch }), bodies }
}

export const events = (...chunks: readonly object[]): string =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')

export const candidate = (parts: readonly object[], finishReason?: string) => ({
  candidates: [{ content: { parts, role: 'model' }, ...(finishReason === undefined ? {} : { finishReason }), index: 0 }],
  modelVersion: 'gemini-3.6-flash',
  responseId: 'r3sp0ns3',
})

export async function piecesOf<T>(stream: Streaming<T>): Promise<T[]> {
  const all: T[] = []
  for await (const piece of stream) all.push(piece)
  return all
}

export const textOf = (events: readonly GenerationEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')

export const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw error ?? new Error('Expected a ProviderError.')
  return error
}

/** What is the same in a streamed answer and in a whole one: everything but what the vendor draws anew. */
export const essence = ({ id: _, raw: __, ...rest }: Generation) => ({
  ...rest,
  content: rest.content.map((part) => {
    if (part.type === 'text') return part
    if (part.type === 'tool_call') return { ...part, id: '', signature: part.signature !== undefined }
    return { type: part.type, text: part.text, sealed: part.signature !== undefined || part.redacted !== undefined }
  }),
  toolCalls: rest.toolCalls.map(({ name, arguments: args }) => ({ name, args })),
})
