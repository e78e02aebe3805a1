import { forward } from './forward.ts'

/** The floor of a gateway on Workers: the answer passes as it comes. */
export default {
  async fetch(request: Request, env: { UPSTREAM: string }): Promise<Response> {
    if (request.method === 'GET') return new Response('ok')
    const answer = await forward(request, env)
    return new Response(answer.body, answer)
  },
}
