/** Turns the answer of `telephony.respond` into the Response that the vendor's webhook waits for. */
export function toResponse(answer: { status: number; headers: Record<string, string>; body: string }): Response {
  return new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers: answer.headers })
}
