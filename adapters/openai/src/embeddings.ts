import type { Embeddings, EmbedInput } from '@do/llm'
import { fromBase64 } from '@do/provider'
import { jsonOf } from './body.ts'
import type { Connection } from './client.ts'
import type { Dialect } from './options.ts'
import { counted, usageOf } from './usage.ts'

interface Row {
  readonly index?: unknown
  readonly embedding?: unknown
}

/** `POST /embeddings`. https://developers.openai.com/api/reference/resources/embeddings */
export const embeddingOperations = ({ client }: Connection, dialect: Dialect) => ({
  embed: async ({ model: asked, input, dimensions }: EmbedInput): Promise<Embeddings> => {
    const model = asked as string
    const { embeddings } = await client()
    // As base64 a vector takes a quarter of the bytes. Servers that do not know it answer numbers.
    const body = { model, input, encoding_format: 'base64', ...(dimensions === undefined ? {} : { dimensions }) } as const
    const answer = await jsonOf(await embeddings.create(body).asResponse())
    const vectors = new Array<number[] | undefined>(input.length).fill(undefined)
    for (const [place, row] of (Array.isArray(answer.data) ? (answer.data as readonly Row[]) : []).entries()) {
      vectors[typeof row.index === 'number' ? row.index : place] = vectorOf(row.embedding)
    }
    if (vectors.length !== input.length || !vectors.every((vector) => vector !== undefined)) {
      throw new Error('The answer has not one vector for each text.')
    }
    const answered = typeof answer.model === 'string' && answer.model !== '' ? answer.model : model
    return {
      embeddings: vectors,
      provider: dialect.provider,
      model: answered,
      ...counted(dialect, [answered, model], usageOf(answer.usage)),
    }
  },
})

/** Numbers, or 32-bit floats (little-endian) in base64. */
function vectorOf(embedding: unknown): number[] | undefined {
  if (Array.isArray(embedding)) return embedding
  if (typeof embedding !== 'string') return undefined
  const { buffer, byteLength } = fromBase64(embedding)
  if (byteLength === 0 || byteLength % 4 !== 0) return undefined
  const view = new DataView(buffer)
  return Array.from({ length: byteLength / 4 }, (_, at) => view.getFloat32(at * 4, true))
}
