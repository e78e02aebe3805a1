import { hmac, refuse, sameText, sha256, toBase64, type WebhookRequest, webhookError } from '@do/provider'
import { type TwilioOptions, tokens } from './options.ts'

const header = 'x-twilio-signature'

export const recognises = (headers: Headers): boolean => headers.has(header)

/** A webhook that is Twilio's: what it says, and the query that we gave it. */
export interface Verified {
  readonly fields: URLSearchParams
  readonly query: URLSearchParams
  /** Names this delivery by its content, for events without an id of their own. */
  digest(): Promise<string>
  readonly raw: unknown
}

/**
 * Checks X-Twilio-Signature: HMAC-SHA1 with the Auth Token over the URL and, for a form, its sorted fields; any other body
 * by its SHA-256 in the URL. There is no time stamp in it: de-duplicate by `eventId`.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export async function verify(request: WebhookRequest, options: TwilioOptions): Promise<Verified> {
  const secrets = tokens(options)
  if (secrets.length === 0) {
    throw refuse('webhook_secret_missing', 'Twilio signs webhooks with the Auth Token. Set authToken beside the API key.', {
      fault: 'credential',
      field: 'authToken',
    })
  }
  const { searchParams: query } = new URL(request.url)
  const expected = query.get('bodySHA256')
  const isForm = (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')
  const form = new URLSearchParams(isForm && expected === null ? request.text : '')
  const covered = expected === null ? isForm || request.text === '' : sameText(expected, await sha256(request.text))
  if (!covered || !(await signed(request, form, secrets))) throw webhookError('webhook_signature')
  const fields = request.method === 'GET' ? query : isForm ? new URLSearchParams(request.text) : form
  return {
    fields,
    query,
    digest: async () => (await sha256(`${query}\n${request.text}`)).slice(0, 32),
    raw: isForm || request.text === '' ? Object.fromEntries(fields) : readable(request.text),
  }
}

async function signed(request: WebhookRequest, form: URLSearchParams, secrets: readonly string[]): Promise<boolean> {
  const signature = request.headers.get(header) ?? ''
  const names = [...new Set(form.keys())].sort()
  const fields = names.flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value)).join('')
  let good = false
  for (const secret of secrets) {
    for (const url of spellings(request)) {
      if (sameText(signature, toBase64(await hmac('SHA-1', secret, url + fields)))) good = true
    }
  }
  return good
}

/**
 * The URLs that Twilio may have signed: `webhookUrl`; the one the request itself names, since numbers and redirects may have
 * others; and that one behind a proxy which changes only the host. Each as it was configured, which may be with the default
 * port; a parsed URL never names it.
 */
function spellings({ url, seenUrl = url }: WebhookRequest): ReadonlySet<string> {
  const { pathname, search } = new URL(seenUrl)
  const plain = [url, seenUrl, `${new URL(url).origin}${pathname}${search}`]
  return new Set(plain.flatMap((each) => [each, otherPort(each)]))
}

function otherPort(url: string): string {
  const { protocol, port } = new URL(url)
  return port ? url.replace(`:${port}`, '') : url.replace(/^(https?:\/\/[^/?]+)/, `$1:${protocol === 'https:' ? 443 : 80}`)
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
