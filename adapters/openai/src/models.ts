import { factsOf, type ModelFacts, type ModelInfo } from '@do/llm'
import type { DriverContext, Page } from '@do/provider'
import { jsonOf } from './body.ts'
import type { Connection } from './client.ts'
import { lackedByResponses } from './descriptor.ts'
import type { Dialect } from './options.ts'

/** What servers tell of a model: OpenAI little more than its name, OpenRouter and vLLM how much it can read. */
interface Row {
  readonly id?: unknown
  readonly created?: unknown
  readonly context_length?: unknown
  readonly max_model_len?: unknown
}

/** `GET /models`: all of them at once. https://developers.openai.com/api/reference/resources/models */
export const modelOperations = (
  { client }: Connection,
  dialect: Dialect,
  capabilities: Readonly<Record<string, true | string>>,
) => ({
  models: {
    list: async (_: object, { handle }: DriverContext): Promise<Page<ModelInfo>> => {
      const { models } = await client()
      const { data } = await jsonOf(await models.list().asResponse())
      if (!Array.isArray(data)) throw new Error('The answer has no list.')
      const items = (data as readonly Row[]).flatMap((row) => {
        if (typeof row.id !== 'string' || row.id === '') return []
        return [infoOf(row, row.id, dialect, capabilities, handle(row.id))]
      })
      return { items }
    },
  },
})

const kinds: readonly (readonly [names: RegExp, kind: ModelInfo['kind']])[] = [
  [/embed/, 'embedding'],
  [/^(gpt-image|chatgpt-image|dall-e)/, 'image'],
  [/(^|-)tts(-|$)/, 'speech'],
  [/whisper|transcribe/, 'transcription'],
  [/realtime|moderation|^sora|^davinci|^babbage|^text-|^tts|codex/, 'other'],
  [/^(gpt|chatgpt|o\d|ft:)/, 'chat'],
]

/** What a provider can is what its models of that kind can, where the table does not know better. */
const byKind: Readonly<Record<ModelInfo['kind'], RegExp>> = {
  chat: /^(tools|structured-output|json|vision|files|thinking|prompt-cache|seed|relay:.*)$/,
  embedding: /^embedding/,
  image: /^images$/,
  speech: /^speech/,
  transcription: /^transcription/,
  other: /^$/,
}

function infoOf(
  row: Row,
  model: string,
  { prices, vendor, provider, isOpenai, api }: Dialect,
  capabilities: Readonly<Record<string, true | string>>,
  id: string,
): ModelInfo {
  const facts = factsOf(prices, vendor, model)
  const kind = facts?.kind ?? kinds.find(([names]) => names.test(model))?.[1] ?? (isOpenai ? 'other' : 'chat')
  const lacked = api(model) === 'responses' ? lackedByResponses : {}
  const declared = Object.keys(capabilities).filter((name) => capabilities[name] === true && byKind[kind].test(name))
  const context = facts?.context ?? [row.context_length, row.max_model_len].find((length) => Number.isSafeInteger(length))
  return {
    id,
    provider,
    model,
    kind,
    capabilities: (facts?.capabilities ?? declared).filter((name) => !(name in lacked)),
    ...(context === undefined ? {} : { context: context as number }),
    ...(facts?.maxOutput === undefined ? {} : { maxOutput: facts.maxOutput }),
    ...(facts === undefined ? {} : { prices: pricesIn(facts) }),
    ...(typeof row.created === 'number' ? { createdAt: new Date(row.created * 1000).toISOString() } : {}),
  }
}

const priced = ['input', 'cacheRead', 'cacheWrite', 'output', 'audioInput', 'audioOutput', 'characters', 'audioHour'] as const

function pricesIn(facts: ModelFacts): Record<string, number> {
  return Object.fromEntries(priced.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])))
}
