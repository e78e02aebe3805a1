import { type AdapterOptions, refuse } from '@do/provider'

export interface TwilioOptions extends AdapterOptions {
  /** `AC…`, from the Console. */
  readonly accountSid: string
  /**
   * The account's Auth Token; several while rotating (primary and secondary). The first one signs in, unless there is an
   * API key; all of them are accepted on webhooks, which Twilio signs with the Auth Token only.
   */
  readonly authToken?: string | readonly string[]
  /** An API key (`SK…`) to sign in with, instead of the Auth Token. */
  readonly apiKey?: string
  readonly apiSecret?: string
}

/** The user name and password of HTTP Basic. @throws ProviderError `invalid_credentials` when they cannot be right. */
export function credentials(options: TwilioOptions): readonly [username: string, password: string] {
  if (!/^AC[0-9a-fA-F]{32}$/.test(options.accountSid)) {
    throw invalid('accountSid', '"AC" and 32 hexadecimal digits, as the Console shows it')
  }
  const { apiKey, apiSecret } = options
  if (apiKey !== undefined || apiSecret !== undefined) {
    if (!apiKey || !apiSecret) throw invalid('apiKey', 'given together with apiSecret')
    return [apiKey, apiSecret]
  }
  const [token] = tokens(options)
  if (!token) throw invalid('authToken', 'given, unless there are apiKey and apiSecret')
  return [options.accountSid, token]
}

export function tokens({ authToken = [] }: TwilioOptions): readonly string[] {
  return typeof authToken === 'string' ? [authToken] : authToken
}

function invalid(field: string, must: string) {
  return refuse('invalid_credentials', `Twilio: "${field}" must be ${must}.`, { fault: 'credential', field })
}

/** Our webhook URL with what must come back with the event. Undefined where none is configured. */
export function callback({ webhookUrl }: TwilioOptions, query: Readonly<Record<string, string | undefined>>): string | undefined {
  if (webhookUrl === undefined) return undefined
  const url = new URL(webhookUrl)
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value)
  return url.href
}
