import { createTransport, credential, refuse } from '@do/provider'
import { codeIn, RefusedAnswer, statusOf, vendorCodeIn } from './errors.ts'
import { bindingGateway, checkPlain, gatewayHeaders } from './gateway.ts'
import type { WorkersAiBinding, WorkersAiBindingOptions, WorkersAiOptions, WorkersAiRestOptions } from './options.ts'

export const apiOrigin = 'https://api.cloudflare.com'
export const gatewayOrigin = 'https://gateway.ai.cloudflare.com'
const bindingOrigin = 'https://workers-binding.ai'

/** One request to a model. */
export interface Ask {
  readonly model: string
  readonly inputs: Readonly<Record<string, unknown>>
  /** Sent as it is over REST, for models that hear bytes; the binding takes them as numbers in `inputs`. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  /** Requests of one session go to one machine, which may have the beginning of the prompt in its cache. */
  readonly session?: string | undefined
}

/** The way to Workers AI. Every answer has a good status: others are thrown as `RefusedAnswer`. */
export interface Connection {
  run(ask: Ask): Promise<Response>
  /** A page of the catalogue. */
  models(query: { readonly page: number; readonly per_page: number }): Promise<Response>
  /** OpenAI's chat completions. Undefined over the binding, which has none. */
  readonly chat: ((body: object, headers: Readonly<Record<string, string>>) => Promise<Response>) | undefined
  readonly client: () => Promise<unknown>
}

/** Workers AI over REST, as the escape hatch: the account's token on every request, and nothing else. */
export interface WorkersAiRest {
  readonly accountId: string
  /** `POST ai/run/<model>`. The answer is as it came: its envelope, its stream, its status. */
  run(
    model: string,
    inputs: object,
    init?: { readonly signal?: AbortSignal; readonly headers?: Record<string, string> },
  ): Promise<Response>
  /** Any path below `/client/v4/accounts/<accountId>/ai/`. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

export const connect = (options: WorkersAiOptions): Connection =>
  'binding' in options ? overBinding(options) : overRest(options)

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response
  const text = await response.text()
  throw new RefusedAnswer(vendorCodeIn(parsed(text)))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { message: text.slice(0, 1_000) }
  }
}

/** A name becomes part of a path: it must not lead out of it. */
export function checked(model: string): string {
  if (/^@?[\w.-]+(?:\/[\w.-]+)*$/.test(model) && !model.split('/').some((part) => /^\.+$/.test(part))) return model
  throw refuse('model_not_found', 'This is no name of a model of Workers AI: they look like "@cf/meta/llama-3.1-8b-instruct".', {
    field: 'model',
    elsewhere: true,
  })
}

function overRest(options: WorkersAiRestOptions): Connection {
  const { gateway, baseUrl, fetch } = options
  const accountId = credential(options, 'accountId', 'workers-ai')
  const apiToken = credential(options, 'apiToken', 'workers-ai')
  checkPlain(apiToken, 'apiToken')
  const send = createTransport({ vendorOrigins: [apiOrigin, gatewayOrigin], baseUrl, fetch })
  const account = `${apiOrigin}/client/v4/accounts/${encodeURIComponent(accountId)}/ai`
  const throughGateway =
    gateway && `${gatewayOrigin}/v1/${encodeURIComponent(accountId)}/${encodeURIComponent(gateway.id)}/workers-ai`
  const authorization = `Bearer ${apiToken}`
  const forGateway = {
    ...gatewayHeaders(gateway),
    ...(gateway?.token === undefined ? {} : { 'cf-aig-authorization': `Bearer ${gateway.token}` }),
  }
  const post = async (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}) => {
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream'
    const all = { ...headers, ...forGateway, authorization, 'content-type': type }
    return accepted(await send(url, { method: 'POST', headers: all, body }))
  }
  const authorised: WorkersAiRest = {
    accountId,
    run: async (model, inputs, { signal, headers } = {}) =>
      authorised.fetch(`run/${checked(model)}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(inputs),
        ...(signal === undefined ? {} : { signal }),
      }),
    fetch: async (path, init) => {
      const url = new URL(path, `${account}/`)
      if (!url.href.startsWith(`${account}/`)) {
        throw refuse('invalid_input', 'The path leads out of the account: the token is not sent there.', { field: 'path' })
      }
      const headers = new Headers(init?.headers)
      headers.set('authorization', authorization)
      return send(url.href, { ...init, headers })
    },
  }
  return {
    run: async ({ model, inputs, bytes, session }) =>
      post(`${throughGateway ?? `${account}/run`}/${checked(model)}`, bytes ?? JSON.stringify(inputs), affinity(session)),
    chat: (body, headers) => post(`${throughGateway ?? account}/v1/chat/completions`, JSON.stringify(body), headers),
    models: async ({ page, per_page }) =>
      accepted(await send(`${account}/models/search?page=${page}&per_page=${per_page}`, { headers: { authorization } })),
    client: async () => authorised,
  }
}

function overBinding({ binding, gateway }: WorkersAiBindingOptions): Connection {
  const headers = gatewayHeaders(gateway)
  // Each call goes out through the kernel's transport like any other, which so counts it, sees its status, and ends it in time.
  const send = async (method: 'GET' | 'POST', call: (signal: AbortSignal | undefined) => Promise<unknown>) => {
    const transport = createTransport({ vendorOrigins: [], fetch: (_, init) => answerOf(call(init?.signal ?? undefined)) })
    return accepted(await transport(bindingOrigin, { method }))
  }
  return {
    run: async ({ model, inputs, bytes, session }) => {
      const name = checked(model)
      const all = bytes === undefined ? inputs : { ...inputs, audio: Array.from(bytes) }
      return send('POST', (signal) =>
        invoke(binding, 'run', [
          name,
          all,
          {
            returnRawResponse: true,
            ...(signal === undefined ? {} : { signal }),
            ...(gateway === undefined ? {} : { gateway: bindingGateway(gateway) }),
            extraHeaders: { ...headers, ...affinity(session) },
          },
        ]),
      )
    },
    models: (query) =>
      send('GET', async () => {
        const result = await invoke(binding, 'models', [query])
        return { result }
      }),
    chat: undefined,
    client: async () => binding,
  }
}

/** https://developers.cloudflare.com/workers-ai/features/prompt-caching/ */
const affinity = (session: string | undefined): Record<string, string> =>
  session === undefined ? {} : { 'x-session-affinity': encodeURIComponent(session) }

/** Cloudflare's type of the binding has an overload for every model; only here is it called without one. */
async function invoke(binding: WorkersAiBinding, method: 'run' | 'models', input: readonly unknown[]): Promise<unknown> {
  const call = binding[method]
  if (call === undefined) throw refuse('unsupported', `This binding does not have "${method}".`, { elsewhere: true })
  return call.apply(binding, input as never)
}

/**
 * A binding of a runtime that does not know `returnRawResponse` gives what is in the answer, and throws what is wrong with it
 * (`InferenceUpstreamError: 3040: …`). Here both become answers again.
 */
async function answerOf(call: Promise<unknown>): Promise<Response> {
  let value: unknown
  try {
    value = await call
  } catch (error) {
    const { name, message } = error as Partial<Error>
    // It has begun to read the answer by itself, and could not.
    if (error instanceof SyntaxError) return new Response('', { headers: { 'content-type': 'application/json' } })
    const code = codeIn(message)
    const isRefusal = code !== undefined || /^(?:InferenceUpstream|AiInternal|Ai)Error$/.test(name ?? '')
    if (!isRefusal || /^(?:Abort|Timeout)Error$/.test(name ?? '')) throw error
    return Response.json({ errors: [{ code }] }, { status: statusOf(code) })
  }
  if (value instanceof Response) return value
  if (value instanceof ReadableStream) return new Response(value, { headers: { 'content-type': streamType } })
  return Response.json(value)
}

/** What a bare stream holds is not said: it is looked at where it is read. */
const streamType = 'application/x-unknown-stream'
