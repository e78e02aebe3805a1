import type { Embeddings, EmbedInput } from '@do/llm'
import { refuse } from '@do/provider'
import { defined } from './client.ts'
import { modelIn } from './model.ts'
import { counted, plainName } from './usage.ts'
import type { Vendor } from './vendor.ts'

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
export const mostTexts = 100

export function checkEmbed(input: EmbedInput): void {
  modelIn(input)
  if (input.input.length <= mostTexts) return
  throw refuse('too_many_inputs', `Google embeds at most ${mostTexts} texts at once. Send them in several calls.`, {
    field: 'input',
    elsewhere: true,
  })
}

const tasks = { query: 'RETRIEVAL_QUERY', document: 'RETRIEVAL_DOCUMENT' } as const

/** What the newer model is told in words instead. https://ai.google.dev/gemini-api/docs/embeddings#task-types */
const prefixes = { query: 'task: search result | query: ', document: 'title: none | text: ' } as const

export const embedder =
  ({ client, provider, prices }: Vendor) =>
  async (input: EmbedInput): Promise<Embeddings> => {
    const model = modelIn(input)
    const { purpose } = input
    const inWords = model.includes('gemini-embedding-2')
    const prefix = inWords && purpose !== undefined ? prefixes[purpose] : ''
    const answer = await (await client()).models.embedContent({
      model,
      // As contents of their own: the SDK takes bare texts as parts of one.
      contents: input.input.map((text) => ({ parts: [{ text: prefix + text }] })),
      config: defined({
        outputDimensionality: input.dimensions,
        taskType: inWords || purpose === undefined ? undefined : tasks[purpose],
      }),
    })
    const embeddings = (answer.embeddings ?? []).map(({ values }) => values ?? [])
    if (embeddings.length !== input.input.length) throw new Error('The answer has not a vector for each text.')
    return { embeddings, provider, model: plainName(model), ...counted(prices, { asked: model }, usageIn(answer)) }
  }

function usageIn(answer: object) {
  const { promptTokenCount } = ('usageMetadata' in answer ? (answer.usageMetadata ?? {}) : {}) as { promptTokenCount?: number }
  if (promptTokenCount === undefined) return undefined
  return { input: promptTokenCount, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }
}
