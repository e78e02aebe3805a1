import { hmac, sameText, toBase64, type WebhookRequest, webhookError } from '@do/provider'

/** A verified webhook. */
export interface PlivoWebhook {
  /** What Plivo says. */
  readonly params: URLSearchParams
  /** What our own URL carried there and back: it is signed too. */
  readonly query: URLSearchParams
}

const v3 = ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']
const v2 = ['x-plivo-signature-v2', 'x-plivo-signature-ma-v2']

export const recognises = (headers: Headers): boolean => [...v3, ...v2].some((name) => headers.has(name))

/**
 * Checks the signature with each token and each header: the plain one is made with the token of the account or
 * subaccount, "Ma" with the main account's. Neither covers a time: a replay is told by its event id only.
 * https://www.plivo.com/docs/voice/concepts/signature-validation
 * @throws ProviderError `webhook_signature`.
 */
export async function verify(request: WebhookRequest, tokens: readonly string[], allowV2: boolean): Promise<PlivoWebhook> {
  const { method, url, headers, text } = request
  const query = new URLSearchParams(url.split('?').slice(1).join('?'))
  const params = new URLSearchParams(method === 'GET' ? '' : text)
  const hasV3 = v3.some((name) => headers.has(name))
  const nonce = headers.get(hasV3 ? 'x-plivo-signature-v3-nonce' : 'x-plivo-signature-v2-nonce')
  // A V3 signature that is there but wrong never falls back to V2, which does not cover the body.
  if (!nonce || (!hasV3 && !allowV2)) throw webhookError('webhook_signature')
  const signed = hasV3 ? signedText(method, url, query, params, nonce) : `${url.split('?')[0]}${nonce}`
  const given = (hasV3 ? v3 : v2).flatMap((name) => headers.get(name)?.split(',') ?? [])
  for (const token of tokens) {
    const expected = toBase64(await hmac('SHA-256', token, signed))
    if (given.some((signature) => sameText(signature.trim(), expected)))
      return { params: method === 'GET' ? query : params, query }
  }
  throw webhookError('webhook_signature')
}

function sorted(params: URLSearchParams, between: string): string[] {
  const keys = [...new Set(params.keys())].sort()
  return keys.flatMap((key) =>
    params
      .getAll(key)
      .sort()
      .map((value) => `${key}${between}${value}`),
  )
}

/** URL, "?", sorted query, ".", sorted body, ".", nonce; the query decoded, the dots only between things that are there. */
function signedText(method: string, url: string, query: URLSearchParams, params: URLSearchParams, nonce: string): string {
  const address = url.split('?')[0]
  const asked = sorted(query, '=').join('&')
  const posted = method === 'GET' ? '' : sorted(params, '').join('')
  return `${address}${asked || posted ? '?' : ''}${asked}${asked && posted ? '.' : ''}${posted}.${nonce}`
}

/** A part of a webhook that must be there. */
export function part(params: URLSearchParams, name: string): string {
  const value = params.get(name)
  if (!value) throw webhookError('webhook_malformed')
  return value
}

export const secrets = (given: string | readonly string[]): readonly string[] => [given].flat().filter((token) => token !== '')
