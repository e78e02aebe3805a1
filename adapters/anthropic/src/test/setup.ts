import { anthropicTwin } from '@do/fixtures/anthropic'
import type { GenerateInput, GenerationEvent, RelayEvent } from '@do/llm'
import type { ProviderError } from '@do/provider'
import { anthropicLlm } from '../index.ts'

export function setup(options: Partial<Parameters<typeof anthropicLlm>[0]> = {}) {
  const twin = anthropicTwin()
  const llm = anthropicLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, ...options })
  /** The body of the last request. */
  const sent = () => JSON.parse(twin.requests().at(-1)?.body ?? 'null') as Record<string, unknown>
  return { twin, llm, sent }
}

export const hello = (more: Partial<GenerateInput> = {}): GenerateInput => ({
  model: 'claude-sonnet-4-6',
  messages: [{ role: 'user', content: 'Hello there, Claude.' }],
  ...more,
})

export async function read<T>(pieces: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}

/** What was read before it broke, and how it broke. */
export async function readBroken<T>(pieces: AsyncIterable<T>): Promise<{ pieces: T[]; error: ProviderError }> {
  const all: T[] = []
  try {
    for await (const piece of pieces) all.push(piece)
  } catch (error) {
    return { pieces: all, error: error as ProviderError }
  }
  throw new Error('It did not break.')
}

export const textOf = (events: readonly GenerationEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')

export function bytesOf(events: readonly RelayEvent[]): string {
  const decoder = new TextDecoder()
  return events.map((event) => (event.type === 'bytes' ? decoder.decode(event.data, { stream: true }) : '')).join('')
}

export const failure = (promise: Promise<unknown>): Promise<ProviderError> =>
  promise.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: ProviderError) => error,
  )
