import { type Exchange, keyOf } from './exchange.ts'
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

/** A larger body is read only for a key that is known: whoever sends it shall not cost anything. */
const small = 64 * 1024

type Arrival = Pick<Exchange, 'request' | 'host' | 'maxBodyBytes'>

/** The body's bytes, never more than `maxBodyBytes` of them in memory. @throws GatewayRefusal 413, and for a large one the host's. */
export async function readBytes(arrival: Arrival): Promise<Uint8Array<ArrayBuffer>> {
  const { request, maxBodyBytes } = arrival
  const declared = declaredLength(arrival)
  if (declared !== undefined) {
    if (declared > small) await admitted(arrival)
    return new Uint8Array(await request.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let length = 0
  let isAdmitted = false
  const reader = request.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) break
    length += value.length
    try {
      if (length > maxBodyBytes) throw tooLarge(maxBodyBytes)
      if (length > small && !isAdmitted) await admitted(arrival)
    } catch (error) {
      reader?.cancel().catch(() => {})
      throw error
    }
    isAdmitted = length > small
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
export async function readText(arrival: Arrival): Promise<string> {
  const declared = declaredLength(arrival)
  if (declared === undefined) return decoder.decode(await readBytes(arrival))
  if (declared > small) await admitted(arrival)
  return arrival.request.text()
}

function declaredLength({ request, maxBodyBytes }: Arrival): number | undefined {
  const declared = request.headers.get('content-length')
  if (declared === null) return undefined
  if (!(Number(declared) <= maxBodyBytes)) throw tooLarge(maxBodyBytes)
  return Number(declared)
}

const admitted = async ({ host, request }: Arrival) => host.admit?.(keyOf(request.headers))

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
