import type { PriceTable } from '@do/llm'
import type { GenerateContentParameters, GenerateContentResponse } from '@google/genai/web'
import type { Connection } from './client.ts'
import { refusalOf } from './errors.ts'
import { type Answer, streamed } from './sse.ts'

/** What every operation needs to know. */
export interface Vendor extends Connection {
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
export async function answeredInChunks(vendor: Vendor, parameters: GenerateContentParameters): Promise<AsyncIterable<Answer>> {
  return toTheEnd(await streamed(vendor, parameters))
}

async function* toTheEnd(chunks: AsyncIterable<Answer>): AsyncGenerator<Answer> {
  let last: Answer | undefined
  for await (const chunk of chunks) {
    if (chunk.candidates?.[0]?.finishReason !== undefined || chunk.promptFeedback?.blockReason !== undefined) last = chunk
    yield chunk
  }
  if (last === undefined) throw new Error('The answer does not say that it is done.')
  stopped(last)
}

function stopped(answer: Answer): void {
  const [candidate] = answer.candidates ?? []
  const blocked = answer.promptFeedback?.blockReason
  if (candidate === undefined && blocked !== undefined) throw refusalOf('blocked', blocked)
  if (candidate?.finishReason !== 'STOP') throw refusalOf('finish', candidate?.finishReason ?? 'other')
}
