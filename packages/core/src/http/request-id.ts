export const requestIdHeader = 'x-request-id'

/** The caller's request id when it is sane, otherwise a new one: it ends up in logs, so nothing else may come in by it. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get(requestIdHeader)
  return given !== null && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
}
