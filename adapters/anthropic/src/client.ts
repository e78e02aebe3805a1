import type { Anthropic } from '@anthropic-ai/sdk'
import type { PriceTable } from '@do/llm'
import { type AdapterOptions, createTransport } from '@do/provider'

export const vendorOrigin = 'https://api.anthropic.com'

export interface AnthropicOptions extends AdapterOptions {
  /** `sk-ant-…`, from https://platform.claude.com/settings/keys */
  readonly apiKey: string
  /** What models cost. Default: `defaultPrices` of @do/llm. Without a price for a model, answers have no `cost`. */
  readonly prices?: PriceTable
}

export type GetClient = () => Promise<Anthropic>

/** Our own deadlines rule, so the SDK's must never come first. */
const never = 24 * 3_600_000

/** The SDK's own object: constructed on first use, its retries off. The key is the only credential it looks at. */
export function lazyClient({ apiKey, baseUrl, fetch }: AnthropicOptions): GetClient {
  let client: Promise<Anthropic> | undefined
  const load = async () => {
    const { Anthropic } = await import('@anthropic-ai/sdk')
    return new Anthropic({
      apiKey,
      webhookKey: null,
      baseURL: vendorOrigin,
      maxRetries: 0,
      timeout: never,
      logLevel: 'off',
      fetch: createTransport({ vendorOrigins: [vendorOrigin], baseUrl, fetch }),
    })
  }
  return () => (client ??= load())
}
