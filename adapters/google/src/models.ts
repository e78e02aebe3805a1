import { factsOf, type ModelFacts, type ModelInfo } from '@do/llm'
import type { DriverContext, Page } from '@do/provider'
import type { Model } from '@google/genai/web'
import { defined } from './client.ts'
import { versionOf } from './model.ts'
import { plainName } from './usage.ts'
import type { Vendor } from './vendor.ts'

const pageSize = 100

export const modelLister =
  ({ client, provider, prices }: Vendor) =>
  async ({ cursor }: { cursor?: string }, { handle }: DriverContext): Promise<Page<ModelInfo>> => {
    const pager = await (await client()).models.list({ config: defined({ pageSize, pageToken: cursor }) })
    const items = pager.page.map((model): ModelInfo => {
      const name = plainName(model.name ?? '')
      if (name === '') throw new Error('The answer has a model without a name.')
      const facts = factsOf(prices, 'google', name)
      const kind = kindOf(name, model.supportedActions ?? [])
      return {
        id: handle(name),
        provider,
        model: name,
        kind,
        ...defined({
          context: model.inputTokenLimit,
          maxOutput: model.outputTokenLimit,
          prices: facts === undefined ? undefined : pricesIn(facts),
        }),
        capabilities: [...(facts?.capabilities ?? capabilitiesOf(name, kind, model))],
      }
    })
    const next = pager.hasNextPage() ? pager.params.config?.pageToken : undefined
    return typeof next === 'string' && next !== '' ? { items, cursor: next } : { items }
  }

/** Google lists what may be done to a model; what comes out of it shows only in its name. */
function kindOf(name: string, actions: readonly string[]): ModelInfo['kind'] {
  if (actions.includes('embedContent')) return 'embedding'
  if (!actions.includes('generateContent')) return 'other'
  if (name.includes('-tts')) return 'speech'
  if (name.includes('-image')) return 'image'
  return name.includes('-transcribe') ? 'transcription' : 'chat'
}

function capabilitiesOf(name: string, kind: ModelInfo['kind'], { thinking }: Model): readonly string[] {
  if (kind === 'embedding') return ['embeddings', 'embedding-dimensions']
  if (kind === 'image') return ['images', 'vision']
  if (kind === 'speech') return versionOf(name) < 300 ? ['speech'] : ['speech', 'speech-stream']
  if (kind === 'transcription') return ['transcription']
  if (kind === 'other' || !name.startsWith('gemini-')) return []
  const all = [
    'tools',
    'structured-output',
    'json',
    'vision',
    'files',
    'audio-input',
    'seed',
    'transcription',
    'transcription-stream',
  ]
  return thinking === true ? [...all, 'thinking', 'prompt-cache'] : [...all, 'prompt-cache']
}

const priced = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWriteHour',
  'output',
  'audioInput',
  'audioOutput',
  'characters',
  'audioHour',
] as const

function pricesIn(facts: ModelFacts): Record<string, number> | undefined {
  const entries = priced.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]] as const]))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
