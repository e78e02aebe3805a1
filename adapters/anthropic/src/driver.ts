import type { Anthropic } from '@anthropic-ai/sdk'
import { type Cost, costOf, defaultPrices, type GenerateRequest, type llm, type RelayInput, type Usage } from '@do/llm'
import type { Driver } from '@do/provider'
import type { ReaderOptions } from './answer.ts'
import { type AnthropicOptions, type GetClient, lazyClient } from './client.ts'
import { descriptor } from './descriptor.ts'
import { errors, readFault } from './errors.ts'
import { generate, stream } from './generate.ts'
import { undated } from './models.ts'
import { listModels } from './models-list.ts'
import { vendor } from './parts.ts'
import { relay } from './relay.ts'
import { requestOf, type VendorRequest } from './request.ts'
import { webhooks } from './webhooks.ts'

/** What the operations share. */
export interface Context {
  readonly client: GetClient
  readonly provider: string
  readonly cost: (model: string, usage: Usage) => Cost | undefined
  /** The request in Anthropic's words; worked out once, by the check before anything is sent. */
  readonly requestFor: (input: GenerateRequest) => VendorRequest
  readonly readerFor: (request: VendorRequest) => ReaderOptions
}

export function anthropicDriver(options: AnthropicOptions): Driver<typeof llm, Anthropic> {
  const { prices = defaultPrices, name: provider = vendor } = options
  const requests = new WeakMap<object, VendorRequest>()
  const context: Context = {
    client: lazyClient(options),
    provider,
    cost: (model, usage) => costOf(prices, vendor, model, usage) ?? costOf(prices, vendor, undated(model), usage),
    requestFor: (input) => requests.get(input) ?? requestOf(input),
    readerFor: ({ warnings, answerTool }) => ({ provider, warnings, answerTool, cost: context.cost }),
  }
  return {
    descriptor,
    client: context.client,
    errors,
    fault: readFault,
    webhooks,
    check: (operation, input) => {
      if (operation === 'generate' || operation === 'stream') requests.set(input, requestOf(input))
    },
    operations: {
      generate: (input) => generate(context, input),
      stream: (input) => stream(context, input),
      models: { list: ({ cursor }, driverContext) => listModels(context.client, prices, provider, cursor, driverContext) },
      relay: (input, driverContext) => relay(context, input as RelayInput, driverContext),
    },
  }
}
