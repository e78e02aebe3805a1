import { type Llm, llm, type PriceTable, warningsOf } from '@do/llm'
import { type AdapterOptions, createProvider, type Descriptor, type Driver, noWebhooks } from '@do/provider'
import { origin } from '../client.ts'
import { fault } from '../errors.ts'
import { type MemoryLlmClient, memoryLlmClient } from './client.ts'
import { type From, generation, pieces } from './from-vendor.ts'
import { mediaOperations } from './media.ts'
import { relaying } from './relay.ts'
import { toVendor } from './to-vendor.ts'
import type { VendorAnswer } from './wire.ts'
import { errors } from './words.ts'

export interface MemoryLlmOptions extends AdapterOptions {
  readonly apiKey: string
  /** Default: none, so that nothing has a cost. */
  readonly prices?: PriceTable
}

const descriptor: Descriptor = {
  vendor: 'memory',
  docs: 'https://memory.example/docs',
  capabilities: Object.fromEntries(Object.keys(llm.capabilities).map((capability) => [capability, true as const])),
  limits: {},
  operations: {},
}

const noPrices: PriceTable = { date: '2026-01-01', models: {} }

export function memoryLlmDriver(options: MemoryLlmOptions): Driver<typeof llm, MemoryLlmClient> {
  let made: MemoryLlmClient | undefined
  const client = async () => (made ??= memoryLlmClient(options))
  const from: From = { provider: options.name ?? 'memory', prices: options.prices ?? noPrices, warnings: [] }
  const ask = async (body: object, signal: AbortSignal) => (await client()).ask('POST', '/answers', body, signal)
  return {
    descriptor,
    client,
    errors,
    fault,
    webhooks: noWebhooks,
    operations: {
      generate: async (input, { signal }) => {
        const answer = (await (await ask(toVendor(input, false), signal)).json()) as VendorAnswer
        return generation(answer, { ...from, warnings: warningsOf(input) }, input.output !== undefined)
      },
      stream: async (input, { signal }) => {
        const { body } = await ask(toVendor(input, true), signal)
        return pieces(body as ReadableStream<Uint8Array>, { ...from, warnings: warningsOf(input) })
      },
      ...mediaOperations(client, from),
      relay: relaying(client, from),
    },
  }
}

/** Language models at the invented vendor: the reference that the suite itself is tested with. */
export function memoryLlm(options: MemoryLlmOptions): Llm & { readonly client: Promise<MemoryLlmClient> } {
  return createProvider(llm, memoryLlmDriver(options), { ...options, defaultBaseUrl: origin })
}
