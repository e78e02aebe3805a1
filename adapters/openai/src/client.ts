import { createTransport } from '@do/provider'
import type { OpenAI } from 'openai'
import { RefusedAnswer } from './errors.ts'
import type { OpenaiCompatibleOptions, OpenaiOptions } from './options.ts'

export const vendorOrigin = 'https://api.openai.com'

/** The ways to the vendor: its SDK, and, where bytes shall pass as they are, the bare transport with the same credentials. */
export interface Connection {
  readonly client: () => Promise<OpenAI>
  /** @throws RefusedAnswer for every status that is no success. */
  readonly post: (path: string, body: string, headers: Readonly<Record<string, string>> | undefined) => Promise<Response>
}

interface Target {
  /** With the version, without a slash at the end. */
  readonly base: string
  readonly apiKey: string | undefined
  readonly organization: string | null
  readonly project: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
}

export const openaiConnection = ({ apiKey, organization, project, baseUrl, fetch }: OpenaiOptions): Connection =>
  connection({
    base: `${vendorOrigin}/v1`,
    apiKey,
    organization: organization ?? null,
    project: project ?? null,
    headers: {},
    fetch: createTransport({ vendorOrigins: [vendorOrigin], baseUrl, fetch }),
  })

export const compatibleConnection = ({ apiKey, baseUrl, headers = {}, fetch }: OpenaiCompatibleOptions): Connection =>
  connection({
    base: baseUrl.replace(/\/+$/, ''),
    apiKey,
    organization: null,
    project: null,
    headers,
    fetch: createTransport({ vendorOrigins: [], fetch }),
  })

function connection(target: Target): Connection {
  let client: Promise<OpenAI> | undefined
  const own = headersOf(target)
  return {
    client: () => (client ??= load(target)),
    post: async (path, body, headers) => {
      const init = { method: 'POST', headers: headers === undefined ? own : { ...passedOn(headers), ...own }, body }
      const response = await target.fetch(target.base + path, init)
      if (!response.ok) throw new RefusedAnswer(response.status, response.headers, await response.text())
      return response
    },
  }
}

const neverPassed: ReadonlySet<string> = new Set(
  'authorization api-key x-api-key cookie host content-length connection'.split(' '),
)

/** In lower case, or one that we set ourselves would be sent twice. */
function passedOn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(entries.filter(([name]) => !neverPassed.has(name)))
}

/** The SDK's own object: constructed on first use, its retries off, nothing taken from the environment. */
async function load({ base, apiKey, organization, project, headers, fetch }: Target): Promise<OpenAI> {
  const { OpenAI } = await import('openai')
  return new OpenAI({
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    organization,
    project,
    webhookSecret: null,
    baseURL: base,
    maxRetries: 0,
    // Time-outs are the kernel's; the SDK's must never be the shorter one.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    defaultHeaders: { ...headers, ...(apiKey === undefined ? { authorization: null } : {}) },
    // Before its first form the SDK finds out, by a request of its own, whether this fetch can send one. This tells it beforehand.
    fetch: Object.assign(fetch.bind(undefined), { Response: canSendForms }),
  })
}

function headersOf({ apiKey, organization, project, headers }: Target): Record<string, string> {
  const own: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' }
  for (const [name, value] of Object.entries(headers)) own[name.toLowerCase()] = value
  if (apiKey !== undefined) own.authorization = `Bearer ${apiKey}`
  if (organization !== null) own['openai-organization'] = organization
  if (project !== null) own['openai-project'] = project
  return own
}

function canSendForms() {
  return { text: async () => '' }
}
