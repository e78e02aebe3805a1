export const requestIdHeader = 'x-request-id'

/** The caller's request id when it is sane, otherwise a new one: it ends up in logs, so nothing else may come in by it. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get(requestIdHeader)
  return given && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
}

export function withRequestId(response: Response, requestId: string, status: number): Response {
  try {
    if (status !== 101) response.headers.set(requestIdHeader, requestId)
    return response
  } catch {
    // The headers of an answer that came from elsewhere cannot be changed.
    return withRequestId(new Response(response.body, response), requestId, status)
  }
}
