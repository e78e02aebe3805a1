import { adyenPayments } from '@do/adyen'
import { createWorker } from '@do/core/full'
import { Business as BusinessClass, SaaS as SaasClass, tenantClass } from '@do/objects'
import { defineProviders } from '@do/provider'
import { stripePayments } from '@do/stripe'

/**
 * Tells the vendor's server where the tenant is, so that a test may end the process just there: the answer of the balance has
 * come; a payout is about to leave; its answer has come.
 */
const watched =
  (send: typeof fetch, baseUrl: string): typeof fetch =>
  async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
    const at = (place: string) => fetch(`${baseUrl}/at/${place}`).then((response) => response.text())
    const pays = method === 'POST' && /\/(payouts|transfers)$/.test(pathname)
    const reads = method === 'GET' && /\/(balance|balanceAccounts\/[^/]+)$/.test(pathname)
    if (pays) await at('payout-leaves')
    const response = await send(input, init)
    if (reads) await at('balance-answered')
    if (pays) await at('payout-answered')
    return response
  }

const providers = defineProviders({
  sms: {},
  telephony: {},
  payments: {
    stripe: (options: Parameters<typeof stripePayments>[0]) =>
      stripePayments({ ...options, fetch: watched(options.fetch ?? fetch, `${options.baseUrl}`) }),
    adyen: (options: Parameters<typeof adyenPayments>[0]) =>
      adyenPayments({ ...options, fetch: watched(options.fetch ?? fetch, `${options.baseUrl}`) }),
  },
})

const worker = createWorker({ Tenant: tenantClass(providers), SaaS: SaasClass, Business: BusinessClass })

export default { fetch: worker.fetch }
export const { Tenant, SaaS, Business } = worker.objects
