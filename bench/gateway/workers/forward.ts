/** What every way to the provider must do: read the request, as it must to route it, and send it on. */
export async function forward(request: Request, env: { readonly UPSTREAM: string }): Promise<Response> {
  const body = await request.text()
  JSON.parse(body)
  const headers = { 'content-type': 'application/json', authorization: request.headers.get('authorization') ?? '' }
  return fetch(env.UPSTREAM + new URL(request.url).pathname, { method: 'POST', headers, body })
}
