import { toBase64 } from '@do/provider'
import { given } from '../body.ts'
import { compute, json } from '../compute.ts'
import type { Exchange } from '../exchange.ts'
import { countIn, modelIn, oneOf, textIn } from '../fields.ts'
import { nothingLost } from '../lossless.ts'
import { invalid } from '../refusal.ts'
import { textTokens } from '../tokens.ts'
import { nothing, readJson } from './shared.ts'

const kept: ReadonlySet<string> = new Set(['model', 'input', 'encoding_format', 'dimensions', 'user'])

/** See https://platform.openai.com/docs/api-reference/embeddings/create */
export async function embeddings(exchange: Exchange): Promise<Response> {
  const { body, text, headers } = await readJson(exchange)
  const model = modelIn(body)
  const input = textsOf(body.input)
  const format = oneOf(body, 'encoding_format', ['float', 'base64']) ?? 'float'
  const dimensions = countIn(body, 'dimensions')
  const user = textIn(body, 'user')
  nothingLost(body, kept, {})
  const wanted = { input, ...(dimensions === undefined ? {} : { dimensions }) }
  const needs = ['embeddings', ...(dimensions === undefined ? [] : ['embedding-dimensions'])]
  return compute(exchange, {
    ask: { ...nothing, operation: 'embed', model, inputTokens: textTokens(text), needs, user, headers },
    cacheable: { ...wanted, format },
    run: (llm, chain, options) => llm.embed({ model: chain, ...wanted }, options),
    render: ({ embeddings: vectors, model: answered, usage }) => {
      const data = vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: format === 'base64' ? floats(vector) : vector,
      }))
      const tokens = usage === undefined ? 0 : usage.input + usage.cacheRead + usage.cacheWrite
      return json({ object: 'list', data, model: answered, usage: { prompt_tokens: tokens, total_tokens: tokens } })
    },
  })
}

function textsOf(input: unknown): string[] {
  if (!given(input)) throw invalid('input', '"input" must be given.', 'missing_required_parameter')
  const texts = typeof input === 'string' ? [input] : input
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > 2048)
    throw invalid('input', '"input" must be a string, or a list of 1 to 2,048 strings.')
  // Tokens are numbers of one vendor's own alphabet: another one would read something else.
  if (texts.some((text) => typeof text === 'number' || Array.isArray(text)))
    throw invalid('input', '"input" must be text: lists of tokens mean something at one vendor only.', 'unsupported_parameter')
  const wrong = texts.findIndex((text) => typeof text !== 'string' || text === '')
  if (wrong >= 0) throw invalid(`input.${wrong}`, `"input.${wrong}" must be a string that is not empty.`)
  return texts
}

/** Little-endian 32-bit floats, which is what OpenAI's client asks for by default. */
function floats(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  for (let index = 0; index < vector.length; index++) view.setFloat32(index * 4, vector[index] as number, true)
  return toBase64(new Uint8Array(view.buffer))
}
