import { factsOf, type ModelInfo } from '@do/llm'
import type { DriverContext, Page } from '@do/provider'
import { type Setting, vendor } from './answer.ts'
import type { Connection } from './client.ts'

const perPage = 50

interface VendorModel {
  readonly name: string
  readonly task?: { readonly name?: string } | null
  readonly properties?: readonly { readonly property_id: string; readonly value?: unknown }[] | null
  readonly created_at?: string
}

interface Answer {
  readonly result?: unknown
  readonly result_info?: { readonly per_page?: number; readonly total_count?: number } | null
}

const kinds: Readonly<Record<string, ModelInfo['kind']>> = {
  'Text Generation': 'chat',
  'Text Embeddings': 'embedding',
  'Text-to-Image': 'image',
  'Text-to-Speech': 'speech',
  'Automatic Speech Recognition': 'transcription',
}

/** A page of https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list/ */
export const listing =
  (connection: Connection, setting: Setting) =>
  async ({ cursor }: { readonly cursor?: string }, context: DriverContext): Promise<Page<ModelInfo>> => {
    const page = Number(cursor ?? 1)
    const response = await connection.models({ page, per_page: perPage })
    const { result, result_info: info } = (await response.json()) as Answer
    if (!Array.isArray(result)) throw new Error('The answer has no list.')
    const items = (result as readonly VendorModel[]).map((model) => infoOf(model, setting, context))
    // The binding tells no total: there a full page may have another behind it.
    const isLast =
      info?.total_count === undefined ? result.length < perPage : page * (info.per_page ?? perPage) >= info.total_count
    return isLast ? { items } : { items, cursor: String(page + 1) }
  }

function infoOf(
  { name, task, properties, created_at }: VendorModel,
  { provider, prices }: Setting,
  context: DriverContext,
): ModelInfo {
  const property = (id: string) => properties?.find(({ property_id }) => property_id === id)?.value
  const has = (id: string) => String(property(id)) === 'true'
  const kind = kinds[task?.name ?? ''] ?? 'other'
  const context_ = Number(property('context_window') ?? property('max_input_tokens'))
  const facts = factsOf(prices, vendor, name)
  const price = { ...pricesIn(property('price')), ...numbersIn(facts) }
  const createdAt = instant(created_at)
  return {
    id: context.handle(name),
    provider,
    model: name,
    kind,
    ...(Number.isInteger(context_) && context_ > 0 ? { context: context_ } : {}),
    capabilities: [
      ...(has('function_calling') ? ['tools'] : []),
      ...(has('vision') ? ['vision'] : []),
      ...(has('reasoning') ? ['thinking'] : []),
    ],
    ...(Object.keys(price).length === 0 ? {} : { prices: price }),
    ...(createdAt === undefined ? {} : { createdAt }),
  }
}

const units: Readonly<Record<string, string>> = {
  'per M input tokens': 'input',
  'per M cached input tokens': 'cacheRead',
  'per M output tokens': 'output',
}

/** The catalogue's own prices, which are rounded more than those of the page; so the table goes before them. */
function pricesIn(value: unknown): Record<string, number> {
  const rows = Array.isArray(value) ? (value as readonly { unit?: string; price?: number; currency?: string }[]) : []
  return Object.fromEntries(
    rows.flatMap(({ unit = '', price, currency }) =>
      Object.hasOwn(units, unit) && typeof price === 'number' && currency === 'USD'
        ? [[units[unit] as string, Math.round(price * 1_000_000)]]
        : [],
    ),
  )
}

const numbersIn = (facts: object | undefined) =>
  Object.fromEntries(
    Object.entries(facts ?? {}).filter(
      ([name, value]) => ['input', 'cacheRead', 'output'].includes(name) && typeof value === 'number',
    ),
  )

/** `2025-08-05 10:27:29.131`, in UTC. */
function instant(text: string | undefined): string | undefined {
  const at = Date.parse(`${text?.replace(' ', 'T')}Z`)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
