import type { Anthropic } from '@anthropic-ai/sdk'
import { factsOf, type ModelInfo, type PriceTable } from '@do/llm'
import type { DriverContext, Page } from '@do/provider'
import type { GetClient } from './client.ts'
import { rulesOf, undated } from './models.ts'
import { vendor } from './parts.ts'

/** https://platform.claude.com/docs/en/api/models/list */
export async function listModels(
  client: GetClient,
  prices: PriceTable,
  provider: string,
  cursor: string | undefined,
  context: DriverContext,
): Promise<Page<ModelInfo>> {
  const query = { limit: 100, ...(cursor === undefined ? {} : { after_id: cursor }) }
  const page = await (await client()).get<{ data?: Anthropic.ModelInfo[]; has_more?: boolean; last_id?: string }>('/v1/models', {
    query,
  })
  if (!Array.isArray(page?.data)) throw new Error('The answer is no list.')
  const items = page.data.map((model) => infoOf(model, prices, provider, context))
  return page.has_more === true && page.last_id ? { items, cursor: page.last_id } : { items }
}

function infoOf(model: Anthropic.ModelInfo, table: PriceTable, provider: string, context: DriverContext): ModelInfo {
  const facts = factsOf(table, vendor, model.id) ?? factsOf(table, vendor, undated(model.id))
  const { kind: _, image: __, long: ___, capabilities: ____, context: window, maxOutput, ...rest } = facts ?? { kind: 'chat' }
  const prices = Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
  const most = model.max_input_tokens ?? window
  const longest = model.max_tokens ?? maxOutput
  const createdAt = model.created_at ? new Date(model.created_at) : undefined
  return {
    id: context.handle(model.id),
    provider,
    model: model.id,
    kind: 'chat',
    ...(most === undefined ? {} : { context: most }),
    ...(longest === undefined ? {} : { maxOutput: longest }),
    capabilities: [...capabilitiesOf(model)],
    ...(Object.keys(prices).length === 0 ? {} : { prices }),
    ...(createdAt === undefined || Number.isNaN(createdAt.getTime()) ? {} : { createdAt: createdAt.toISOString() }),
  }
}

/** As Anthropic lists them; for a server that lists none, by the model's name. */
function capabilitiesOf({ id, capabilities }: Anthropic.ModelInfo): readonly string[] {
  const has = (vendorName: 'structured_outputs' | 'image_input' | 'pdf_input' | 'thinking', otherwise: boolean) =>
    capabilities?.[vendorName]?.supported ?? otherwise
  const rules = rulesOf(id)
  return [
    'tools',
    'structured-output',
    ...(has('image_input', true) ? ['vision'] : []),
    ...(has('pdf_input', true) ? ['files'] : []),
    ...(has('thinking', rules.thinking !== 'none') ? ['thinking'] : []),
    'prompt-cache',
  ]
}
