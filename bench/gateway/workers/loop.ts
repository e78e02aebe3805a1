import { forward } from './forward.ts'

/** The least that a gateway does on Workers which looks at each chunk of a stream before its client gets it: it reads it, and passes it on. */
export default {
  async fetch(request: Request, env: { UPSTREAM: string }): Promise<Response> {
    if (request.method === 'GET') return new Response('ok')
    const answer = await forward(request, env)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    const passed = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    })
    return new Response(passed, { headers: { 'content-type': answer.headers.get('content-type') ?? '' } })
  },
}
