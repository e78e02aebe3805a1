import { problem } from '../http/problem.ts'

export function hasNoBody(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/**
 * The request with a body that is known to be within the limit, byte for byte as it came.
 * @throws Problem 413 `too_large`
 */
export async function withinLimit(request: Request, limit: number): Promise<Request> {
  if (hasNoBody(request.method)) return request
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > limit) throw tooLarge(limit)
  // A declared length is held by the HTTP layer; only a chunked body must be counted.
  if (declared !== null || request.body === null) return request
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: new Blob(chunks),
    redirect: 'manual',
  })
}

function tooLarge(limit: number) {
  return problem(413, 'too_large', `The body is larger than ${limit} bytes. Send less, or a link to it.`)
}
