import { type Json, parseObject, readText } from '../body.ts'
import { type Exchange, wishesOf } from '../exchange.ts'
import type { Ask } from '../host.ts'

export const nothing: Pick<
  Ask,
  'streamed' | 'inputTokens' | 'outputTokens' | 'units' | 'needs' | 'text' | 'user' | 'headers' | 'model'
> = {
  model: '',
  streamed: false,
  inputTokens: 0,
  outputTokens: 0,
  units: {},
  needs: [],
  text: '',
  user: undefined,
  headers: {},
}

export interface JsonRequest {
  readonly body: Json
  readonly text: string
  readonly headers: Record<string, string>
}

export async function readJson(exchange: Exchange): Promise<JsonRequest> {
  const text = await readText(exchange)
  return { body: parseObject(text), text, headers: wishesOf(exchange.request.headers) }
}
