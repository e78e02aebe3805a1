import { createWorker } from '@do/core/full'
import { llmGateway, type OperatorBindings, tenantClass } from '@do/objects'
import { openaiLlm } from '@do/openai'
import { defineProviders } from '@do/provider'

/** As a tenant has it: the key is checked, money is set aside and counted, and every answer has a line in the tenant's books. */
const providers = defineProviders({ sms: {}, telephony: {}, llm: { openai: openaiLlm } })
const gateway = llmGateway(providers)

const objects = { Tenant: tenantClass(providers) }
const worker = createWorker<typeof objects, OperatorBindings>(objects, {
  routes: (router) => {
    router.on('*', '/v1/*', ({ request, env, ctx, requestId }) => gateway(request, env, ctx, requestId))
  },
})

export default { fetch: worker.fetch }
export const { Tenant } = worker.objects
