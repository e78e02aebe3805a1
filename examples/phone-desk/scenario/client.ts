import type { TrailEntry } from '@do/provider'

export interface Answer<T = Record<string, unknown>> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** The desk over HTTP, as one person with one token sees it. */
export interface Client {
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>
  /** The same, for what must work. @throws Error with the problem's code and detail. */
  ok<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
}

export function client(url: () => string, token: string | undefined): Client {
  const call: Client['call'] = async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url()}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : { text }) as T }
  }
  return {
    call,
    ok: async <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      const answer = await call<T>(method, path, body, headers)
      if (answer.status >= 400) {
        const { code, detail, field } = answer.body as { code?: string; detail?: string; field?: string }
        throw new Error(`${method} ${path} answered ${answer.status} ${code ?? ''} ${field ?? ''}: ${detail ?? ''}`)
      }
      return answer.body
    },
  }
}

/** A message or call as the API shows it, as far as the scenario looks. */
export interface Shown {
  readonly id: string
  readonly status: string
  readonly handle?: string
  readonly provider?: string
  readonly to: string
  readonly from?: string
  readonly body?: string
  readonly segments?: number
  readonly encoding?: string
  readonly key?: string
  readonly trail: readonly TrailEntry[]
  readonly reconciled?: { readonly effect: string; readonly at: string }
  readonly digits?: readonly string[]
  readonly recordings?: readonly unknown[]
  readonly history: readonly { readonly status: string }[]
}

export interface List<T> {
  readonly items: readonly T[]
}

/** What a level of the tree amounts to, as its overview says it. */
export type Totals = readonly { readonly name: string; readonly bucket: string; readonly total: number }[]

/** The sum of one kind over all its states. */
export const sumOf = (totals: Totals, name: string) =>
  totals.reduce((sum, total) => (total.name === name ? sum + total.total : sum), 0)

/** A report of a tenant: a durable action. */
export interface Report {
  readonly id: string
  readonly key?: string
  readonly state: string
  readonly attempts: number
  readonly steps: readonly { readonly name: string; readonly state: string }[]
  readonly result?: { readonly message: string; readonly status: string }
}

/** `twilio ✕ unreachable → telnyx ✓`: who was tried, and who was asked what had become of it. Waiting is left out. */
export function trailText(trail: readonly TrailEntry[]): string {
  const parts = trail.filter(({ action }) => action !== 'wait').map(partOf)
  return parts.filter((part, index) => part !== parts[index - 1]).join(' → ')
}

function partOf({ provider, action, effect, code, reason, retryAfterMs }: TrailEntry): string {
  if (action === 'skip') return `${provider} skipped (${reason})`
  if (action === 'lookup') return `${provider} asked: ${code ?? reason ?? 'no answer'}`
  const mark = effect === 'done' ? '✓' : effect === 'unknown' ? '?' : '✕'
  const retry = retryAfterMs === undefined ? '' : ` (retry after ${retryAfterMs / 1_000} s)`
  return `${provider} ${mark}${code === undefined ? '' : ` ${code}`}${retry}`
}

/** The vendor's id in a handle. */
export function vendorId(handle: string | undefined): string {
  if (handle === undefined) throw new Error('There is no handle: nothing was made.')
  return handle.slice(handle.indexOf(':') + 1)
}
