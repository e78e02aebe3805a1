// The floor: a Worker and a Durable Object with nothing between the request and the platform.
// @ts-expect-error TS2307: the module exists inside workerd only
import { DurableObject } from 'cloudflare:workers'

interface Env {
  readonly Raw: { idFromName(name: string): unknown; get(id: unknown): { fetch(request: Request): Promise<Response> } }
}

export class Raw extends DurableObject {
  fetch(): Response {
    return Response.json({ ok: true })
  }
}

export default {
  fetch(request: Request, env: Env): Response | Promise<Response> {
    const name = new URL(request.url).pathname.split('/')[2]
    if (name === undefined) return new Response('ok')
    return env.Raw.get(env.Raw.idFromName(name)).fetch(request)
  },
}
