import type { Finding, GivenAnswer, Judged, SentRequest, Unchecked, VendorSpec } from './checker.ts'

export interface Counts {
  requests: number
  answers: number
  webhooks: number
  /** Requests that ended in a network failure: there was no answer to check. */
  unanswered: number
}

export interface Exchange {
  readonly operation: string
  readonly request: SentRequest
  /** Undefined where the network failed. */
  readonly answer: GivenAnswer | undefined
}

export interface Checked {
  /** The same `fetch`, with every request and answer held against the description. */
  readonly fetch: typeof fetch
  /** The same webhook receiver, with every webhook held against the description. */
  receiver(receive: (request: Request) => Promise<Response>): (request: Request) => Promise<Response>
  readonly findings: readonly Finding[]
  /** Each once: what passed by without a schema that could judge it. */
  readonly unchecked: readonly Unchecked[]
  readonly counts: Readonly<Counts>
  readonly exchanges: readonly Exchange[]
  /** Operations that were used, and whose requests or answers were really checked. */
  operations(): { readonly checked: readonly string[]; readonly unchecked: readonly string[] }
}

/** Listens between an adapter and its vendor's twin. */
export function checked(inner: typeof fetch, spec: VendorSpec): Checked {
  const findings: Finding[] = []
  const unchecked = new Map<string, Unchecked>()
  const counts: Counts = { requests: 0, answers: 0, webhooks: 0, unanswered: 0 }
  const exchanges: Exchange[] = []
  const seen = new Map<string, boolean>()
  const note = (side: Finding['side'], request: SentRequest, judge: () => Judged): string => {
    let judged: Judged
    try {
      judged = judge()
    } catch (error) {
      // Thrown from here it would look like a broken connection to the adapter.
      const operation = `${request.method} ${new URL(request.url).pathname}`
      judged = {
        operation,
        findings: [{ vendor: spec.vendor, operation, side, at: '', says: `the checker failed: ${String(error)}` }],
        unchecked: [],
      }
    }
    findings.push(...judged.findings)
    for (const one of judged.unchecked) unchecked.set(`${one.side} ${one.operation} ${one.why}`, one)
    const key = `${side} ${judged.operation}`
    seen.set(key, (seen.get(key) ?? false) || judged.unchecked.length === 0)
    return judged.operation
  }
  return {
    findings,
    counts,
    exchanges,
    get unchecked() {
      return [...unchecked.values()]
    },
    operations() {
      const names = (wanted: boolean) =>
        [...seen]
          .filter(([, really]) => really === wanted)
          .map(([key]) => key)
          .sort()
      return { checked: names(true), unchecked: names(false) }
    },
    receiver: (receive) => async (request) => {
      counts.webhooks += 1
      const sent = await written(request)
      note('webhook', sent, () => spec.webhook(sent))
      return receive(request)
    },
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const sent = await written(request)
      counts.requests += 1
      const operation = note('request', sent, () => spec.request(sent))
      let response: Response
      try {
        response = await inner(request)
      } catch (error) {
        counts.unanswered += 1
        exchanges.push({ operation, request: sent, answer: undefined })
        throw error
      }
      counts.answers += 1
      const answer = { status: response.status, headers: response.headers, body: await response.clone().text() }
      exchanges.push({ operation, request: sent, answer })
      note('answer', sent, () => spec.answer(sent, answer))
      return response
    },
  }
}

async function written(request: Request): Promise<SentRequest> {
  return { method: request.method, url: request.url, headers: request.headers, body: await request.clone().text() }
}
