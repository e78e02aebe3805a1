import type { Embeddings, EmbedInput, Usage } from '@do/llm'
import { contentOf, costOfAnswer, counted, type Setting, tellGateway } from './answer.ts'
import type { Connection } from './client.ts'
import { usageOf, type VendorUsage } from './usage.ts'

/** Texts that a model takes at once. https://developers.cloudflare.com/workers-ai/models/bge-base-en-v1.5/ */
export const textsAtOnce = 100

/** Vectors in the order of the texts; more than a hundred texts go in several requests, one after the other. */
export const embedding =
  (connection: Connection, setting: Setting) =>
  async ({ model: asked, input, purpose }: EmbedInput): Promise<Embeddings> => {
    const model = asked as string
    const embeddings: number[][] = []
    let usage: Usage | undefined
    let cost: ReturnType<typeof costOfAnswer>
    for (let from = 0; from < input.length; from += textsAtOnce) {
      const texts = input.slice(from, from + textsAtOnce)
      const response = await connection.run({ model, inputs: inputsOf(model, texts, purpose) })
      tellGateway(setting, 'embed', model, response)
      const { data, usage: counted } = await contentOf(response)
      if (!Array.isArray(data) || data.length !== texts.length) throw new Error('The answer lacks vectors.')
      embeddings.push(...(data as number[][]))
      const used = usageOf(counted as VendorUsage | undefined)
      const isFirst = from === 0
      cost = isFirst
        ? costOfAnswer(setting, model, used, response)
        : sumOfCosts(cost, costOfAnswer(setting, model, used, response))
      usage = isFirst ? used : sumOf(usage, used)
    }
    return { embeddings, provider: setting.provider, model, ...counted(usage, cost) }
  }

/** Only this family tells a question from what shall be found by it. */
function inputsOf(model: string, texts: readonly string[], purpose: EmbedInput['purpose']): Record<string, unknown> {
  const name = model.startsWith('@cf/qwen/qwen3-embedding')
    ? purpose === undefined
      ? 'text'
      : purpose === 'query'
        ? 'queries'
        : 'documents'
    : 'text'
  return { [name]: texts }
}

const sumOf = (a: Usage | undefined, b: Usage | undefined) =>
  a === undefined || b === undefined ? undefined : { ...a, input: a.input + b.input, cacheRead: a.cacheRead + b.cacheRead }

type CostOrNot = ReturnType<typeof costOfAnswer>

const sumOfCosts = (a: CostOrNot, b: CostOrNot): CostOrNot =>
  a === undefined || b === undefined ? undefined : { ...a, microUsd: a.microUsd + b.microUsd }
