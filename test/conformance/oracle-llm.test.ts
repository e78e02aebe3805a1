import { anthropicLlm } from '@do/anthropic'
import { type ConformanceOptions, type LlmTwin, runConformance } from '@do/conformance/run'
import { anthropicTwin } from '@do/fixtures/anthropic'
import { googleTwin } from '@do/fixtures/google'
import { openaiTwin } from '@do/fixtures/openai'
import { workersAiTwin } from '@do/fixtures/workers-ai'
import { googleLlm } from '@do/google'
import { type Llm, llm } from '@do/llm'
import { openaiLlm } from '@do/openai'
import { withOverrides } from '@do/provider'
import { workersAiLlm } from '@do/workers-ai'
import { describe, expect, it } from 'vitest'

// The suite's own mutants are of the reference vendor. Here the vendors' twins show that they notice too: a twin that saw
// nothing would let every adapter pass.

type At = Parameters<ConformanceOptions['provider']>[0]
type Change = (provider: Llm) => Llm

const vendor = <T extends LlmTwin>(name: string, makeTwin: () => T, adapter: (twin: T, at: At) => Llm) => {
  const options = (broken: Change): ConformanceOptions => {
    const twin = makeTwin()
    return { twin, provider: (at) => broken(adapter(twin, at)) }
  }
  return [name, options] as const
}

const vendors = [
  vendor('openai', openaiTwin, (twin, at) => openaiLlm({ ...twin.credentials, ...at })),
  vendor('anthropic', anthropicTwin, (twin, at) => anthropicLlm({ ...twin.credentials, ...at })),
  vendor('google', googleTwin, (twin, at) => googleLlm({ ...twin.credentials, ...at })),
  vendor('workers-ai', workersAiTwin, (twin, at) => workersAiLlm({ ...twin.credentials, ...at })),
]

const ways = (...names: readonly string[]) => names.flatMap((name) => [`llm.generate.${name}`, `llm.stream.${name}`])

type Input = Parameters<Llm['generate']>[0]

/** Asks for something else, either way. */
const asking =
  (change: (input: Input) => Input): Change =>
  (provider) =>
    withOverrides(provider, {
      generate: ((input, options) => provider.generate(change(input), options)) satisfies Llm['generate'],
      stream: ((input, options) => provider.stream(change(input), options)) satisfies Llm['stream'],
    })

/** Reads the provider's streams in its own way. */
const reading =
  (read: (own: ReturnType<Llm['stream']>) => AsyncIterator<unknown>): Change =>
  (provider) =>
    withOverrides(provider, {
      stream: (input: Input, options: Parameters<Llm['stream']>[1]) => {
        const own = provider.stream(input, options)
        return { provider: undefined, trail: [], [Symbol.asyncIterator]: () => read(own) }
      },
    })

const kinds = ['cut', 'stall', 'error', 'end', 'malformed']

const mistakes: readonly (readonly [wrong: string, checks: readonly string[], Change])[] = [
  [
    'asks twice',
    ['llm.generate.text', 'llm.generate.one-request-answer'],
    (provider) =>
      withOverrides(provider, {
        generate: (async (input, options) => {
          await provider.generate(input, options)
          return provider.generate(input, options)
        }) satisfies Llm['generate'],
      }),
  ],
  ['drops tools', ways('tool-offered'), asking(({ tools: _, toolChoice: __, ...input }) => input)],
  ['drops the choice of tools', ways('tool-choice-required'), asking(({ toolChoice: _, ...input }) => input)],
  ['drops the schema', ways('schema'), asking(({ output: _, ...input }) => input)],
  ['drops the limit of tokens', ways('max-tokens'), asking(({ maxOutputTokens: _, ...input }) => input)],
  ['does not let it think', ways('thinking-levels'), asking(({ thinking: _, ...input }) => input)],
  [
    'drops instructions',
    ways('system'),
    asking((input) => ({ ...input, messages: input.messages?.filter(({ role }) => role !== 'system') })),
  ],
  ['forgets what was said', ways('turns'), asking((input) => ({ ...input, messages: input.messages?.slice(-1) }))],
  [
    'does not look',
    ways('picture'),
    asking((input) => ({
      ...input,
      messages: input.messages?.map((message) =>
        message.role === 'user' && typeof message.content !== 'string'
          ? { ...message, content: message.content.filter(({ type }) => type === 'text') }
          : message,
      ),
    })),
  ],
  [
    'gives all results under one id',
    ways('tool-results'),
    asking((input) => {
      const id = input.messages?.flatMap((message) => (message.role === 'tool' ? [message.toolCall] : []))[0] ?? ''
      return {
        ...input,
        messages: input.messages?.map((message) => (message.role === 'tool' ? { ...message, toolCall: id } : message)),
      }
    }),
  ],
  [
    'ends every stream well',
    kinds.map((kind) => `llm.stream.${kind}-after-output`),
    reading(async function* (own) {
      try {
        yield* own
      } catch {
        // The reader is none the wiser.
      }
    }),
  ],
  [
    'cannot leave',
    ['llm.stream.reader-leaves', 'llm.stream.reader-throws'],
    reading((own) => {
      const reader = own[Symbol.asyncIterator]()
      return { next: () => reader.next() }
    }),
  ],
  [
    'gives everything at the end',
    ['llm.stream.at-once', 'llm.stream.reader-leaves'],
    reading(async function* (own) {
      const pieces: unknown[] = []
      for await (const piece of own) pieces.push(piece)
      yield* pieces
    }),
  ],
  [
    'has an answer whatever happened',
    ['refused-context-length', 'refused-overloaded', 'fault-wrong-key', 'fault-truncated', 'rate-limit'].map(
      (name) => `llm.generate.${name}`,
    ),
    (provider) => {
      const canned = {
        id: 'x',
        provider: provider.name,
        model: 'x',
        content: [],
        text: '',
        toolCalls: [],
        finish: 'stop',
      } as const
      const generate: Llm['generate'] = (input, options) =>
        provider.generate(input, options).catch(() => ({ ...canned, content: [], toolCalls: [] }))
      return withOverrides(provider, { generate })
    },
  ],
]

describe.each(vendors)('the twin of %s', (_, options) => {
  it.each(mistakes)('shows an adapter that %s', async (_wrong, only, broken) => {
    const result = await runConformance(llm, { ...options(broken), only })
    expect(result.results.filter(({ status }) => status !== 'fail').map(({ id }) => id)).toEqual([])
  })
})

describe.each(vendors.slice(1, 3))('the seals of %s', (_, options) => {
  it('are missed when they do not come back', async () => {
    const forgets = asking((input) => ({
      ...input,
      messages: input.messages?.map((message) =>
        message.role === 'assistant' && typeof message.content !== 'string'
          ? {
              ...message,
              content: message.content.map((part) => (part.type === 'text' ? part : { ...part, signature: undefined })),
            }
          : message,
      ),
    }))
    const result = await runConformance(llm, { ...options(forgets as Change), only: ways('seals-returned') })
    expect(result.results.filter(({ status }) => status !== 'fail').map(({ id }) => id)).toEqual([])
  })
})
