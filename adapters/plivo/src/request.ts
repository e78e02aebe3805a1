import { refuse } from '@do/provider'

/** What the SDK's resources call, and what they expect back. */
export type PlivoRequest = (
  method: string,
  action: string,
  params?: Readonly<Record<string, unknown>>,
) => Promise<{ readonly response: { readonly status: number }; readonly body: unknown }>

/** Plivo's refusal. Its words may quote numbers and texts of the request, so they are kept out of message and JSON. */
export class PlivoFault extends Error {
  readonly status: number
  readonly #said: string

  constructor(status: number, said: string) {
    super(`Plivo answered ${status}.`)
    this.name = 'PlivoFault'
    this.status = status
    this.#said = said
  }

  /** Plivo's own words. Do not log them. */
  get vendorMessage(): string {
    return this.#said
  }
}

export const origin = 'https://api.plivo.com'

/**
 * One HTTP request for each call of the SDK: no retries, no host of its own for voice, status and words of a refusal kept.
 * Params arrive in Plivo's own spelling; GET takes them as a query, everything else as JSON.
 */
export function createRequest(authId: string, authToken: string, send: typeof fetch): PlivoRequest {
  const authorization = `Basic ${btoa(`${authId}:${authToken}`)}`
  return async (method, action, params = {}) => {
    const {
      is_voice_request: _voice,
      is_call_insights_request: _insights,
      override_url: override,
      call_insights_base_url: insightsBase,
      call_insights_request_path: insightsPath,
      multipart,
      ...rest
    } = params
    if (multipart !== undefined || rest.file !== undefined) {
      throw refuse('unsupported', 'This client uploads no files. Make a plivo.Client of your own for that.')
    }
    const verb = method.toUpperCase()
    const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null)
    const own = insightsBase === undefined ? `${origin}/v1/Account/${authId}/${action}` : `${insightsBase}${insightsPath}`
    const url = new URL(typeof override === 'string' ? override : own)
    if (verb === 'GET')
      for (const [name, value] of given) for (const one of [value].flat()) url.searchParams.append(name, String(one))
    const json = verb === 'POST' || (verb !== 'GET' && given.length > 0)
    const response = await send(url.href, {
      method: verb,
      headers: { authorization, accept: 'application/json', ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { body: JSON.stringify(Object.fromEntries(given)) } : {}),
    })
    const text = await response.text()
    const body = parsed(text)
    if (!response.ok) throw new PlivoFault(response.status, words(body))
    if (body === undefined) throw new PlivoFault(response.status, 'not JSON')
    return { response: { status: response.status }, body }
  }
}

function parsed(text: string): object | undefined {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function words(body: unknown): string {
  const { error, message } = (body ?? {}) as { error?: unknown; message?: unknown }
  const said = error ?? message
  return typeof said === 'string' ? said : JSON.stringify(said ?? '')
}
