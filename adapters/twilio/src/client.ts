import { createTransport } from '@do/provider'
import type BaseTwilio from 'twilio/lib/base/BaseTwilio.js'
import type RequestClient from 'twilio/lib/base/RequestClient.js'
import type { AccountContext } from 'twilio/lib/rest/api/v2010/account.js'
import type Twilio from 'twilio/lib/rest/Twilio.js'
import { credentials, type TwilioOptions } from './options.ts'

/**
 * Twilio's SDK client with its core API. Another product is one import away and shares credentials and transport:
 * `new Verify(await provider.client)` with `import Verify from 'twilio/lib/rest/Verify.js'`.
 */
export type TwilioClient = BaseTwilio.Client & Pick<Twilio, 'api' | (keyof AccountContext & keyof Twilio)>

export const origin = 'https://api.twilio.com'

/** The SDK, loaded on first use, without retries of its own and with every request through our transport. */
export function twilioClient(options: TwilioOptions): () => Promise<TwilioClient> {
  const [username, password] = credentials(options)
  let client: Promise<TwilioClient> | undefined
  return () => (client ??= load(username, password, options))
}

async function load(username: string, password: string, options: TwilioOptions): Promise<TwilioClient> {
  // The whole SDK is some 390 kB of gzip in a Worker, these two modules are 115.
  const [base, api] = await Promise.all([import('twilio/lib/base/BaseTwilio.js'), import('twilio/lib/rest/Api.js')])
  const client = new base.default.Client(username, password, {
    accountSid: options.accountSid,
    autoRetry: false,
    // Empty, not absent: otherwise TWILIO_EDGE and TWILIO_REGION of the environment would change the host.
    edge: '',
    region: '',
    httpClient: httpClient(createTransport({ vendorOrigins: [origin], baseUrl: options.baseUrl, fetch: options.fetch })),
  })
  const core = new api.default(client)
  const { account } = core.v2010
  // Twilio's whole client has the account's resources at its top level, too: `client.messages`.
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(account)))) {
    if (get !== undefined) Object.defineProperty(client, name, { get: () => get.call(account) })
  }
  return Object.assign(client, { api: core }) as TwilioClient
}

/** Twilio's SDK takes anything with `request`; its own uses axios with Node's agents. */
function httpClient(send: typeof fetch): RequestClient {
  const request = async (given: RequestClient.RequestOptions) => {
    const { method, uri, username, password, authStrategy, params, data, headers = {} } = given
    const url = params ? `${uri}${uri.includes('?') ? '&' : '?'}${form(params)}` : uri
    headers.Authorization = (await authStrategy?.getAuthString()) ?? `Basic ${btoa(`${username}:${password}`)}`
    const body = data && (headers['Content-Type']?.includes('json') ? JSON.stringify(data) : form(data))
    const redirect = given.allowRedirects ? 'follow' : 'manual'
    const response = await send(url, { method: method.toUpperCase(), headers, redirect, body })
    return { statusCode: response.status, body: await response.text(), headers: Object.fromEntries(response.headers) }
  }
  return { request } as unknown as RequestClient
}

/** Arrays become repeated names, as Twilio wants them. */
function form(values: object): string {
  const result = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) result.append(name, String(item))
  }
  return result.toString()
}
