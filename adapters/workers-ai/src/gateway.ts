import { refuse } from '@do/provider'
import type { GatewayFacts, GatewayOptions } from './options.ts'

/**
 * The gateway's settings as headers: over REST the only way, and for the binding, too, since it passes some of its own options on
 * in a place where the gateway does not look. https://developers.cloudflare.com/ai-gateway/glossary/
 */
export function gatewayHeaders(gateway: GatewayOptions | undefined): Record<string, string> {
  if (gateway === undefined) return {}
  const { customCost } = gateway
  for (const field of ['id', 'token', 'cacheKey'] as const) checkPlain(gateway[field], `gateway.${field}`)
  const headers: Readonly<Record<string, unknown>> = {
    'cf-aig-cache-ttl': gateway.cacheTtl,
    'cf-aig-skip-cache': gateway.skipCache,
    'cf-aig-cache-key': gateway.cacheKey,
    'cf-aig-collect-log': gateway.collectLog,
    'cf-aig-metadata': gateway.metadata === undefined ? undefined : asciiJson(gateway.metadata),
    'cf-aig-request-timeout': gateway.requestTimeoutMs,
    'cf-aig-custom-cost':
      customCost === undefined
        ? undefined
        : JSON.stringify({ per_token_in: customCost.perTokenIn, per_token_out: customCost.perTokenOut }),
  }
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

/** What becomes a header must be one. @throws ProviderError `invalid_option`. */
export function checkPlain(value: string | undefined, field: string): void {
  if (value === undefined || /^[\x20-\x7e]+$/.test(value)) return
  throw refuse('invalid_option', `"${field}" must not be empty, and be plain ASCII without line breaks.`, { field })
}

const asciiJson = (value: object) =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The same for `env.AI.run(model, inputs, { gateway })`, whose `id` is what sends a request through the gateway at all. */
export function bindingGateway(gateway: GatewayOptions): Record<string, unknown> {
  const { token: _, customCost: __, onAnswer: ___, ...known } = gateway
  return known
}

/** What the gateway says of an answer. Empty where none stood in between. */
export function gatewayFacts(headers: Headers): GatewayFacts {
  const logId = headers.get('cf-aig-log-id')
  const cacheStatus = headers.get('cf-aig-cache-status')
  return { ...(logId ? { logId } : {}), ...(cacheStatus ? { cacheStatus } : {}) }
}

/** The gateway answered by itself: the model was not asked, and nothing is billed. */
export const fromCache = (headers: Headers): boolean => headers.get('cf-aig-cache-status')?.toUpperCase() === 'HIT'
