import { anthropicLlm } from '@do/anthropic'
import { createConsole } from '@do/console'
import { createWorker } from '@do/core/full'
import {
  Business as BusinessClass,
  llmGateway,
  type OperatorBindings,
  operatorApi,
  SaaS as SaasClass,
  tenantClass,
} from '@do/objects'
import { openaiLlm } from '@do/openai'
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
  llm: { openai: openaiLlm, anthropic: anthropicLlm },
})

/** Language models of all tenants, for clients of OpenAI and Anthropic: the key is the tenant's token. */
const gateway = llmGateway(providers)

type Bindings = OperatorBindings & Record<string, unknown>

const worker = createWorker(
  { Tenant: tenantClass(providers), SaaS: SaasClass, Business: BusinessClass },
  {
    origin: (env: Bindings) => env.PUBLIC_URL,
    routes: (router) => {
      router.on('GET', '/operator/*', ({ request, env }) => operatorApi(request, env))
      router.on('*', '/v1/*', ({ request, env, ctx, requestId }) => gateway(request, env, ctx, requestId))
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
