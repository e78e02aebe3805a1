import { createConsole } from '@do/console'
import { createWorker } from '@do/core/full'
import { Business as BusinessClass, type OperatorBindings, operatorApi, SaaS as SaasClass, tenantClass } from '@do/objects'
import { plivoSms, plivoTelephony } from '@do/plivo'
import { defineProviders } from '@do/provider'
import { stripePayments } from '@do/stripe'
import { telnyxSms, telnyxTelephony } from '@do/telnyx'
import { twilioSms, twilioTelephony } from '@do/twilio'

/** What tenants may choose from. Another vendor is one more line. */
const providers = defineProviders({
  sms: { twilio: twilioSms, telnyx: telnyxSms, plivo: plivoSms },
  telephony: { twilio: twilioTelephony, telnyx: telnyxTelephony, plivo: plivoTelephony },
  payments: { stripe: stripePayments },
})

type Bindings = OperatorBindings & Record<string, unknown>

const worker = createWorker(
  { Tenant: tenantClass(providers), SaaS: SaasClass, Business: BusinessClass },
  {
    origin: (env: Bindings) => env.PUBLIC_URL,
    routes: (router) => {
      router.on('GET', '/operator/*', ({ request, env }) => operatorApi(request, env))
      for (const path of ['/console', '/console/*']) {
        router.on('*', path, ({ request, env }) => {
          const page = createConsole({ operatorToken: env.OPERATOR_TOKEN ?? '', rpc: (inner) => operatorApi(inner, env) })
          return page(request)
        })
      }
    },
  },
)

export default { fetch: worker.fetch }
export const { Tenant, SaaS, Business } = worker.objects
