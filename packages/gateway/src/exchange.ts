import { type Clock, ProviderError } from '@do/provider'
import type { Ask, GatewayHost, Session } from './host.ts'
import type { ErrorShape } from './language.ts'
import { problemOf } from './problem.ts'
import { type Log, type Settle, settleOnce, type WaitUntil } from './settlement.ts'

/** One request while it is answered. */
export interface Exchange {
  readonly request: Request
  readonly host: GatewayHost
  readonly requestId: string
  readonly clock: Clock
  readonly log: Log
  readonly waitUntil: WaitUntil
  readonly maxBodyBytes: number
  readonly keepAliveMs: number
  readonly deadline: number
  readonly shape: ErrorShape
}

export interface Opened {
  readonly session: Session
  readonly chain: readonly string[]
  readonly settle: Settle
}

const bearer = /^Bearer +(\S+) *$/i

/** The client's key: as OpenAI's or as Anthropic's clients send it. */
export function keyOf(headers: Headers): string | undefined {
  return bearer.exec(headers.get('authorization') ?? '')?.[1] ?? headers.get('x-api-key') ?? undefined
}

/** The client's wishes for the router. */
export function wishesOf(headers: Headers): Record<string, string> {
  const wishes: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (name.startsWith('x-do-')) wishes[name] = value
  })
  return wishes
}

/** Asks the host, and settles what it opened if the body fails. */
export async function opened<T>(exchange: Exchange, ask: Ask, body: (opened: Opened) => Promise<T>): Promise<T> {
  const { host, request, requestId, waitUntil, log } = exchange
  const session = await host.open(keyOf(request.headers), ask)
  const settle = settleOnce(session, requestId, waitUntil, log)
  const chain = typeof session.models === 'string' ? [session.models] : session.models
  try {
    return await body({ session, chain, settle })
  } catch (error) {
    // Nothing has come: whatever was asked and failed is not paid for, unless it broke off or the client left in the middle of it.
    const { code } = problemOf(error)
    const { trail, effect } = ProviderError.is(error) ? error : { trail: [], effect: 'none' as const }
    settle({ effect: code === 'cancelled' ? 'unknown' : effect, finish: code, trail })
    throw error
  }
}
