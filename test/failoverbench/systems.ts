import { anthropicLlm } from '@do/anthropic'
import type { LlmTwin } from '@do/conformance'
import { anthropicTwin } from '@do/fixtures/anthropic'
import { openaiTwin } from '@do/fixtures/openai'
import { createBudget, createGateway, keyHost } from '@do/gateway'
import { collect, costOf, defaultPrices, type Llm, type Usage } from '@do/llm'
import { openaiCompatibleLlm, openaiLlm } from '@do/openai'
import { type FailoverOptions, failover, liveClock, ProviderError } from '@do/provider'
import OpenAI from 'openai'
import { listen } from './listen.ts'

/** What the caller got. */
export interface Got {
  readonly text?: string
  readonly model?: string
  readonly tokens?: number
  readonly error?: string
}

export interface Asked {
  readonly model: string
  readonly prompt: string
  readonly streamed: boolean
  readonly signal?: AbortSignal
}

/** What is measured: somebody who asks, over two vendors. */
export interface System {
  ask(asked: Asked): Promise<Got>
  /** Millionths of a dollar that were spent on all answers, and that are still set aside. */
  spent(): { readonly microUsd: number; readonly held: number }
  close(): Promise<void>
}

/** One of the two vendors: its twin, and how it is reached. */
export interface Vendor {
  readonly name: string
  readonly model: string
  readonly twin: () => LlmTwin
  readonly at: (url: string) => Llm
  readonly costOf: (usage: Usage) => number | undefined
}

const openai = (name: string, model: string): Vendor => ({
  name,
  model,
  twin: () => openaiTwin({ clock: liveClock }),
  at: (url) => {
    const { credentials } = openaiTwin()
    return openaiCompatibleLlm({ ...credentials, name, vendor: 'openai', baseUrl: `${url}/v1`, aliases: { answer: model } })
  },
  costOf: (usage) => costOf(defaultPrices, 'openai', model, usage)?.microUsd,
})

const theOpenai: Vendor = {
  ...openai('openai', 'gpt-4.1-mini'),
  at: (url) => openaiLlm({ ...openaiTwin().credentials, baseUrl: url, aliases: { answer: 'gpt-4.1-mini' } }),
}

const theAnthropic: Vendor = {
  name: 'anthropic',
  model: anthropicTwin().models.chat,
  twin: () => anthropicTwin({ clock: liveClock }),
  at: (url) => {
    const { credentials, models } = anthropicTwin()
    return anthropicLlm({ ...credentials, baseUrl: url, aliases: { answer: models.chat } })
  },
  costOf: (usage) => costOf(defaultPrices, 'anthropic', anthropicTwin().models.chat, usage)?.microUsd,
}

export const pairs = {
  'OpenAI, then Anthropic': [theOpenai, theAnthropic],
  'Anthropic, then OpenAI': [theAnthropic, theOpenai],
  'two compatible servers': [openai('one', 'gpt-4.1-mini'), openai('two', 'gpt-4.1')],
} as const satisfies Record<string, readonly [Vendor, Vendor]>

/** How long is waited: less than the 30 s that the benchmark allows, so that this takes seconds and not minutes. */
const patience = {
  times: { connect: 2_500, firstOutput: 2_500, idle: 2_500 },
  attemptTimeout: 2_500,
  breaker: { failures: 3, openMs: 1_000 },
} satisfies FailoverOptions

/** A failover as its user would make it. */
export const failoverOf = (vendors: readonly Vendor[], urls: readonly string[], options: FailoverOptions): Llm =>
  failover(
    vendors.map(({ at }, index) => at(urls[index] as string)),
    { ...patience, ...options },
  )

/** The library itself. */
export function library(llm: Llm): System {
  let microUsd = 0
  return {
    async ask({ model, prompt, streamed, signal }) {
      const input = { model, messages: [{ role: 'user' as const, content: prompt }] }
      const options = signal === undefined ? {} : { signal }
      try {
        const answer = streamed ? await collect(llm.stream(input, options)) : await llm.generate(input, options)
        microUsd += answer.cost?.microUsd ?? 0
        return { text: answer.text, model: answer.model, tokens: answer.usage?.output ?? 0 }
      } catch (error) {
        return { error: ProviderError.is(error) ? error.code : `not typed: ${String(error)}` }
      }
    },
    spent: () => ({ microUsd, held: 0 }),
    close: async () => {},
  }
}

/** The gateway over the same, behind a server of its own, asked by OpenAI's own client. */
export async function gateway(llm: Llm, vendors: readonly Vendor[], headers: Record<string, string> = {}): Promise<System> {
  const budget = createBudget({ limits: [{ period: 'month', microUsd: 50_000_000 }] })
  const instances = Object.fromEntries(
    vendors.map(({ name, model }) => [name, { vendor: name === 'anthropic' ? name : 'openai', aliases: { answer: model } }]),
  )
  const made = createGateway(keyHost({ llm, keys: { 'sk-bench': { tenant: 'bench' } }, budget, instances }))
  const { url, close } = await listen(made.fetch)
  const client = new OpenAI({ apiKey: 'sk-bench', baseURL: `${url}/v1`, maxRetries: 0, defaultHeaders: headers })
  return {
    async ask({ model, prompt, streamed, signal }) {
      const body = { model, messages: [{ role: 'user' as const, content: prompt }] }
      const options = signal === undefined ? {} : { signal }
      try {
        if (!streamed) {
          const answer = await client.chat.completions.create(body, options)
          return gotOf(answer.choices[0]?.message.content ?? '', answer.model, answer.usage)
        }
        const more = { stream: true, stream_options: { include_usage: true } } as const
        let got = gotOf('', '', undefined)
        for await (const { choices, model: by, usage } of await client.chat.completions.create({ ...body, ...more }, options))
          got = gotOf((got.text ?? '') + (choices[0]?.delta.content ?? ''), by, usage ?? { completion_tokens: got.tokens ?? 0 })
        // The client takes its own abort for an end.
        return signal?.aborted ? { error: 'aborted' } : got
      } catch (error) {
        return {
          error: error instanceof OpenAI.APIError ? `${error.status ?? 200} ${error.code}` : `not typed: ${String(error)}`,
        }
      }
    },
    spent: () => {
      const [month] = budget.state('bench')
      return { microUsd: month?.spent ?? 0, held: month?.held ?? 0 }
    },
    close,
  }
}

const gotOf = (text: string, model: string, usage: { readonly completion_tokens: number } | null | undefined): Got => ({
  text,
  model,
  tokens: usage?.completion_tokens ?? 0,
})
