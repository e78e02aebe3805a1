import { createTransport, credential } from '@do/provider'
import type { PlivoOptions } from './options.ts'
import { createRequest, origin, type PlivoRequest } from './request.ts'
import type { Client, PlivoApi } from './sdk.ts'

export interface Connection {
  /** The SDK's own object. */
  readonly client: Client
  /** The same object, typed by what its answers really are. */
  readonly api: PlivoApi
  /** The request below the SDK, for where the SDK drops fields. Names go and come in camelCase. */
  readonly request: PlivoRequest
}

/** The hosts that the SDK's resources name themselves. */
const origins = [origin, 'https://lookup.plivo.com', 'https://stats.plivo.com']

/** Constructs the SDK on first use, with our request function in place of its own. */
export function connect(options: PlivoOptions): () => Promise<Connection> {
  const authId = credential(options, 'authId', 'plivo')
  const authToken = credential({ authToken: [options.authToken].flat()[0] }, 'authToken', 'plivo')
  const transport = createTransport({ vendorOrigins: origins, baseUrl: options.baseUrl, fetch: options.fetch })
  let connection: Promise<Connection> | undefined
  const open = async (): Promise<Connection> => {
    const [{ Client }, { camelCaseRequestWrapper }] = await Promise.all([import('plivo'), import('plivo/dist/rest/utils.js')])
    const client = new Client(authId, authToken)
    const wrapped = camelCaseRequestWrapper(createRequest(authId, authToken, transport))
    const request: PlivoRequest = (method, action, params = {}) => wrapped(method, action, params)
    replaceRequest(client, request)
    return { client, api: client as unknown as PlivoApi, request }
  }
  return () => (connection ??= open())
}

/**
 * Puts our request in the place of the SDK's in every resource. The SDK has no option for it: its own retries voice calls
 * three times, sends them to a fixed host and loses the status of a refusal. It hides the function behind symbols.
 * @throws Error when this SDK version is built differently, before anything is sent.
 */
function replaceRequest(client: Client, request: PlivoRequest): void {
  const own = Object.getOwnPropertySymbols(client.messages)
    .filter(({ description }) => description === 'make api call')
    .map((key) => Reflect.get(client.messages, key) as unknown)[0]
  if (typeof own !== 'function') throw new Error('This plivo SDK hides its request function elsewhere: install plivo 4.79.0.')
  const seen = new Set<object>()
  const visit = (owner: object) => {
    seen.add(owner)
    for (const key of Reflect.ownKeys(owner)) {
      const value: unknown = Reflect.get(owner, key)
      if (value === own) Reflect.set(owner, key, request)
      else if (typeof value === 'object' && value !== null && !seen.has(value)) visit(value)
    }
  }
  visit(client)
}
