/** The floor of a gateway on Workers: it reads the request, as it must to route it, and lets the answer pass. */
export default {
  async fetch(request: Request, env: { UPSTREAM: string }): Promise<Response> {
    if (request.method === 'GET') return new Response('ok')
    const body = await request.text()
    JSON.parse(body)
    const headers = { 'content-type': 'application/json', authorization: request.headers.get('authorization') ?? '' }
    const answer = await fetch(env.UPSTREAM + new URL(request.url).pathname, { method: 'POST', headers, body })
    return new Response(answer.body, answer)
  },
}
