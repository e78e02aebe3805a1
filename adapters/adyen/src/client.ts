import type { Client } from '@adyen/api-library'
import { type AdapterOptions, createTransport } from '@do/provider'
import { httpClient } from './http.ts'

/** Of Checkout; the platform's APIs have hosts of their own. */
export const vendorOrigin = ({ liveEndpointUrlPrefix: live }: AdyenOptions): string =>
  live === undefined ? 'https://checkout-test.adyen.com' : `https://${live}-checkout-live.adyenpayments.com`

/** What a platform with sellers of its own has. https://docs.adyen.com/platforms */
export interface BalancePlatform {
  readonly id: string
  /** The platform's own (liable) balance account, `BA…`: where its money is. */
  readonly balanceAccount: string
  /** The platform's bank account, `SE…`: where its money is paid out to. */
  readonly transferInstrument?: string
  /** The key of the balance platform's web service user (Configuration and Transfers API). Default: `apiKey`. */
  readonly apiKey?: string
  /** The key of the Legal Entity Management API's user. Default: `apiKey`. */
  readonly legalEntityApiKey?: string
}

export interface AdyenOptions extends AdapterOptions {
  readonly apiKey: string
  readonly merchantAccount: string
  /** Of the live environment, such as `1797a841fbb37ca7-AdyenDemo`. Without it the test environment is used. */
  readonly liveEndpointUrlPrefix?: string
  /**
   * HMAC key(s) of the webhooks, in hex: of the standard webhook, of the platform's, and the next ones while keys rotate.
   * Without one every webhook is refused. https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures
   */
  readonly hmacKey?: string | readonly string[]
  /** User and password of the webhooks. Adyen's signature does not cover all of a webhook, so this is worth having. */
  readonly webhookBasic?: { readonly username: string; readonly password: string }
  /** Where payers come back to when a payment does not say. Adyen takes no payment without it. */
  readonly returnUrl?: string
  readonly balancePlatform?: BalancePlatform
}

/** The SDK's objects, each loaded on first use from its own file: the whole SDK is six times as large as what payments need. */
export function lazySdk(options: AdyenOptions) {
  const live = options.liveEndpointUrlPrefix
  const others = ['ca', 'kyc', 'balanceplatform-api'].map(
    (host) => `https://${host}-${live === undefined ? 'test' : 'live'}.adyen.com`,
  )
  const vendorOrigins = [vendorOrigin(options), ...others]
  const transport = createTransport({ vendorOrigins, baseUrl: options.baseUrl, fetch: options.fetch })
  let made: Promise<Client> | undefined
  const load = async () => {
    const Class = exported<typeof Client>(await import('@adyen/api-library/lib/src/client.js'))
    return new Class(
      {
        apiKey: options.apiKey,
        environment: (live === undefined ? 'TEST' : 'LIVE') as never,
        ...(live === undefined ? {} : { liveEndpointUrlPrefix: live }),
      },
      httpClient(transport, options),
    )
  }
  const client = () => (made ??= load())
  const service =
    <Service>(load: () => Promise<new (client: Client) => Service>) =>
    async (): Promise<Service> => {
      const Api = await load()
      return new Api(await client())
    }
  return {
    client,
    payments: service(async () => named(await import('@adyen/api-library/lib/src/services/checkout/paymentsApi.js')).PaymentsApi),
    modifications: service(
      async () => named(await import('@adyen/api-library/lib/src/services/checkout/modificationsApi.js')).ModificationsApi,
    ),
    links: service(
      async () => named(await import('@adyen/api-library/lib/src/services/checkout/paymentLinksApi.js')).PaymentLinksApi,
    ),
    tokens: service(async () => named(await import('@adyen/api-library/lib/src/services/checkout/recurringApi.js')).RecurringApi),
    disputes: service(async () => named(await import('@adyen/api-library/lib/src/services/disputes/disputesApi.js')).DisputesApi),
    entities: service(
      async () =>
        named(await import('@adyen/api-library/lib/src/services/legalEntityManagement/legalEntitiesApi.js')).LegalEntitiesApi,
    ),
    onboarding: service(
      async () =>
        named(await import('@adyen/api-library/lib/src/services/legalEntityManagement/hostedOnboardingApi.js'))
          .HostedOnboardingApi,
    ),
    holders: service(
      async () =>
        named(await import('@adyen/api-library/lib/src/services/balancePlatform/accountHoldersApi.js')).AccountHoldersApi,
    ),
    accounts: service(
      async () =>
        named(await import('@adyen/api-library/lib/src/services/balancePlatform/balanceAccountsApi.js')).BalanceAccountsApi,
    ),
    platform: service(
      async () => named(await import('@adyen/api-library/lib/src/services/balancePlatform/platformApi.js')).PlatformApi,
    ),
    transfers: service(
      async () => named(await import('@adyen/api-library/lib/src/services/transfers/transfersApi.js')).TransfersApi,
    ),
    transactions: service(
      async () => named(await import('@adyen/api-library/lib/src/services/transfers/transactionsApi.js')).TransactionsApi,
    ),
  }
}

export type Sdk = ReturnType<typeof lazySdk>

/** The class that a CommonJS file exports as its default: Node and bundlers wrap it once or twice. */
function exported<T>(module: unknown): T {
  const { default: inner } = module as { readonly default: unknown }
  return ((inner as { readonly default?: unknown }).default ?? inner) as T
}

/** The names that a CommonJS file exports, which some bundlers keep within its default. */
const named = <T extends object>(module: T): T => ({ ...(module as { readonly default?: object }).default, ...module })
