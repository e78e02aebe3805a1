import { anthropicLlm } from '@do/anthropic'
import type { LlmTwin } from '@do/conformance'
import { anthropicTwin } from '@do/fixtures/anthropic'
import { openaiTwin } from '@do/fixtures/openai'
import type { Llm } from '@do/llm'
import { openaiLlm } from '@do/openai'
import { type TestClock, testClock } from '@do/provider'
import { createGateway, type GatewayOptions } from '../gateway.ts'
import type { Ask, Outcome, Session } from '../host.ts'
import { unauthorized } from '../refusal.ts'

export interface WorldOptions extends GatewayOptions {
  readonly clock?: TestClock
  /** Whose twin answers, whatever model the client names. Default `openai`. */
  readonly vendor?: 'openai' | 'anthropic'
  readonly llm?: Llm
  readonly session?: Partial<Session>
}

/** A gateway over a vendor's twin, with a host that lets `sk-test` pass and writes down what it was asked and told. */
export function world({ llm, vendor = 'openai', session, clock = testClock(), ...options }: WorldOptions = {}) {
  const { twin, provider } = vendor === 'openai' ? openaiAt(clock) : anthropicAt(clock)
  const asks: Ask[] = []
  const outcomes: Outcome[] = []
  const logged: unknown[] = []
  const gateway = createGateway(
    {
      async open(key, ask) {
        if (key !== 'sk-test') throw unauthorized()
        asks.push(ask)
        return {
          tenant: 'acme',
          llm: llm ?? provider,
          models: vendor === 'anthropic' ? twin.models.chat : ask.model,
          route: `asked for ${ask.model}`,
          settle: (outcome) => void outcomes.push(outcome),
          ...session,
        }
      },
    },
    { clock, log: (entry) => logged.push(entry), ...options },
  )
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    gateway.fetch(
      new Request(`https://gateway.test${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
    )
  return { clock, twin, gateway, asks, outcomes, logged, post }
}

function openaiAt(clock: TestClock): { readonly twin: LlmTwin; readonly provider: Llm } {
  const twin = openaiTwin({ clock })
  return { twin, provider: openaiLlm({ ...twin.credentials, fetch: twin.fetch, clock }) }
}

function anthropicAt(clock: TestClock): { readonly twin: LlmTwin; readonly provider: Llm } {
  const twin = anthropicTwin({ clock })
  return { twin, provider: anthropicLlm({ ...twin.credentials, fetch: twin.fetch, clock }) }
}

export const said = (text: string, more: object = {}) => ({
  model: 'gpt-4.1-mini',
  messages: [{ role: 'user', content: text }],
  ...more,
})
