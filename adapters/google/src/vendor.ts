import type { PriceTable } from '@do/llm'
import type { GenerateContentParameters, GenerateContentResponse, GoogleGenAI } from '@google/genai/web'
import { inBand, refusalOf } from './errors.ts'

/** What every operation needs to know. */
export interface Vendor {
  readonly client: () => Promise<GoogleGenAI>
  /** The name of the instance. */
  readonly provider: string
  readonly prices: PriceTable
}

/** A whole answer that is there for one thing only (a picture, a recording): anything but a good end is a refusal. */
export async function answered({ client }: Vendor, parameters: GenerateContentParameters): Promise<GenerateContentResponse> {
  const answer = await (await client()).models.generateContent(parameters)
  stopped(answer)
  return answer
}

/** The same in chunks. @throws VendorRefusal for a bad end, an Error for none at all. */
export async function* streamed(chunks: AsyncIterable<GenerateContentResponse>): AsyncGenerator<GenerateContentResponse> {
  let last: GenerateContentResponse | undefined
  try {
    for await (const chunk of chunks) {
      if (chunk.candidates?.[0]?.finishReason !== undefined || chunk.promptFeedback !== undefined) last = chunk
      yield chunk
    }
  } catch (error) {
    throw inBand(error)
  }
  if (last === undefined) throw new Error('The answer does not say that it is done.')
  stopped(last)
}

function stopped(answer: GenerateContentResponse): void {
  const [candidate] = answer.candidates ?? []
  const blocked = answer.promptFeedback?.blockReason
  if (candidate === undefined && blocked !== undefined) throw refusalOf('blocked', blocked)
  if (candidate?.finishReason !== 'STOP') throw refusalOf('finish', candidate?.finishReason ?? 'other')
}
