import type { Llm, ModelInfo } from '@do/llm'
import { json } from './compute.ts'
import { type Exchange, opened, wishesOf } from './exchange.ts'
import { answerHeaders } from './headers.ts'
import { nothing } from './openai/shared.ts'
import { modelNotFound } from './refusal.ts'

/** All models of all providers, or one. Anthropic's clients say so by a header, and get Anthropic's shape. */
export async function models(exchange: Exchange, id: string | undefined): Promise<Response> {
  const { request, requestId } = exchange
  const isAnthropic = request.headers.has('anthropic-version')
  const ask = { ...nothing, operation: 'models' as const, needs: ['models'], headers: wishesOf(request.headers) }
  return opened(exchange, ask, async ({ session, settle }) => {
    const found = await modelsOf(session.llm, exchange)
    settle({ effect: 'done', microUsd: 0, finish: 'stop' })
    const shape = isAnthropic ? anthropicModel : openaiModel
    const one = id === undefined ? undefined : (found.find((model) => model.id === id) ?? found.find(({ model }) => model === id))
    if (id !== undefined && one === undefined) throw modelNotFound(`No provider here has the model "${id.slice(0, 256)}".`)
    const { bytes, contentType } = json(
      one === undefined
        ? listed(
            found.map((model) => shape(model)),
            isAnthropic,
          )
        : shape(one),
    )
    return new Response(bytes, { headers: answerHeaders({ requestId, session, contentType }) })
  })
}

/** So long the vendors' lists are kept, in milliseconds. */
const forMs = 60_000

interface Kept {
  readonly until: number
  readonly models: readonly ModelInfo[]
}

/** By provider: one that is configured anew is another one. */
const kept = new WeakMap<Llm, Kept>()

async function modelsOf(llm: Llm, { request, clock, deadline }: Exchange): Promise<readonly ModelInfo[]> {
  const known = kept.get(llm)
  if (known !== undefined && clock.now() < known.until) return known.models
  const models: ModelInfo[] = []
  for await (const model of llm.models.list({}, { signal: request.signal, deadline })) models.push(model)
  kept.set(llm, { until: clock.now() + forMs, models })
  return models
}

function listed(data: readonly { readonly id: string }[], isAnthropic: boolean) {
  if (!isAnthropic) return { object: 'list', data }
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

const secondsOf = (createdAt: string | undefined) => (createdAt === undefined ? 0 : Math.floor(Date.parse(createdAt) / 1000))

/** See https://platform.openai.com/docs/api-reference/models/object; what it has no word for follows as in our own `ModelInfo`. */
function openaiModel({ id, provider, createdAt, ...facts }: ModelInfo) {
  return { id, object: 'model', created: secondsOf(createdAt), owned_by: provider, ...facts }
}

/** See https://docs.claude.com/en/api/models-list */
function anthropicModel({ id, model, createdAt }: ModelInfo) {
  return { type: 'model', id, display_name: model, created_at: createdAt ?? '1970-01-01T00:00:00Z' }
}
