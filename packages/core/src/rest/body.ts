import { checkSize } from '../expose/values.ts'
import { problem } from '../http/problem.ts'

/** What is taken of one body, though the worker's limit for the whole of it may be higher. */
const bounds = { argumentBytes: 4_194_304, argumentDepth: 64, argumentValues: 100_000 }

export interface Body {
  readonly text: string
  readonly value: Readonly<Record<string, unknown>>
}

/**
 * A JSON object out of a request. A request without a body is an empty one where `optional`.
 * @throws Problem 415 `unsupported_media_type`, 400 `malformed_json`; ProviderError `invalid_input`, `too_large`, `too_deep`
 */
export async function readBody(request: Request, { optional = false, patch = false } = {}): Promise<Body> {
  const text = await request.text()
  if (optional && text === '') return { text, value: {} }
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const accepted = patch ? ['application/merge-patch+json', 'application/json'] : ['application/json']
  if (!accepted.includes(type)) {
    const headers = { [patch ? 'accept-patch' : 'accept']: accepted.join(', ') }
    throw problem(415, 'unsupported_media_type', `Send "content-type: ${accepted[0]}".`, { headers })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw problem(400, 'malformed_json', 'The body is not JSON. Check its quotes and commas.')
  }
  checkSize([value], bounds)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw problem(422, 'invalid_input', 'The body must be a JSON object with fields.')
  }
  return { text, value: value as Record<string, unknown> }
}
