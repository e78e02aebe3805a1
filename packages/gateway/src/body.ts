import { GatewayRefusal, invalid } from './refusal.ts'

export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Clients write null for what they leave out. */
export const given = (value: unknown): boolean => value !== undefined && value !== null

const tooLarge = (max: number) =>
  new GatewayRefusal({
    status: 413,
    code: 'request_too_large',
    message: `The body is larger than ${max} bytes. Send less, or files by URL.`,
    shouldRetry: false,
  })

/** The body's bytes, never more than `max` of them in memory. @throws GatewayRefusal 413. */
export async function readBytes(request: Request, max: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (!(Number(declared) <= max)) throw tooLarge(max)
    return new Uint8Array(await request.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) break
    length += value.length
    if (length > max) {
      void reader?.cancel()
      throw tooLarge(max)
    }
    chunks.push(value)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

const decoder = new TextDecoder()

/** As `readBytes`, as text. */
export async function readText(request: Request, max: number): Promise<string> {
  const declared = request.headers.get('content-length')
  return declared !== null && Number(declared) <= max ? request.text() : decoder.decode(await readBytes(request, max))
}

/** @throws GatewayRefusal 400 for what is no JSON object. */
export function parseObject(text: string): Json {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw invalid(undefined, 'The body is not JSON. Send a JSON object, as application/json.', 'invalid_json')
  }
  if (!isObject(body)) throw invalid(undefined, 'The body must be a JSON object.', 'invalid_json')
  return body
}
