import type { Cost, PriceTable, Usage } from '@do/llm'
import { costOf } from '@do/llm'
import { fromCache, gatewayFacts } from './gateway.ts'
import type { GatewayOptions } from './options.ts'
import { throwIfRefused } from './reader.ts'

/** What every operation needs beside its input. */
export interface Setting {
  /** The instance's name. */
  readonly provider: string
  readonly prices: PriceTable
  readonly gateway: GatewayOptions | undefined
}

export const vendor = 'workers-ai'

export const isJson = (response: Response): boolean => /\bjson\b/i.test(response.headers.get('content-type') ?? '')

/** What is in an answer: over REST Cloudflare's envelope is around it, over the binding it is bare. @throws VendorRefusal */
export async function contentOf(response: Response): Promise<Record<string, unknown>> {
  const body: unknown = await response.json()
  if (typeof body !== 'object' || body === null) throw new Error('The answer is no object.')
  throwIfRefused(body)
  const inner = 'result' in body && 'success' in body ? body.result : body
  if (typeof inner !== 'object' || inner === null) throw new Error('The answer is empty.')
  throwIfRefused(inner)
  return inner as Record<string, unknown>
}

/** The vendor's own id of an answer, or one that is made up where it gives none. */
export const answerId = (response: Response, told?: unknown): string =>
  typeof told === 'string' && told !== ''
    ? told
    : (response.headers.get('cf-ai-req-id') ?? response.headers.get('cf-ray') ?? crypto.randomUUID())

/** Tells whoever wants to know of the gateway's log. */
export function tellGateway({ gateway }: Setting, operation: string, model: string, response: Response): void {
  try {
    gateway?.onAnswer?.({ ...gatewayFacts(response.headers), operation, model })
  } catch {
    // Whoever listens must not turn an answer into a failure.
  }
}

/** What an answer cost. */
export const costOfAnswer = (setting: Setting, model: string, usage: Usage | undefined, response: Response): Cost | undefined =>
  unlessCached(setting, response, () => (usage === undefined ? undefined : costOf(setting.prices, vendor, model, usage)))

/** What the gateway has in its cache costs nothing. */
export const unlessCached = ({ prices }: Setting, response: Response, cost: () => Cost | undefined): Cost | undefined =>
  fromCache(response.headers) ? { microUsd: 0, prices: prices.date } : cost()

export const counted = (usage: Usage | undefined, cost: Cost | undefined) => ({
  ...(usage === undefined ? {} : { usage }),
  ...(cost === undefined ? {} : { cost }),
})
