import { createWorker, knock } from '@do/core/full'
import { llmGateway, type OperatorBindings, tenantClass } from '@do/objects'
import { openaiLlm } from '@do/openai'
import { defineProviders } from '@do/provider'

const providers = defineProviders({ sms: {}, telephony: {}, llm: { openai: openaiLlm } })
const gateway = llmGateway(providers)

const objects = { Tenant: tenantClass(providers) }
const worker = createWorker<typeof objects, OperatorBindings>(objects, {
  routes: (router) => {
    router.on('*', '/v1/*', ({ request, env, ctx, requestId }) => gateway(request, env, ctx, requestId))
    // What the gateway's isolate says to a tenant, said by hand.
    router.on('POST', '/knock/:tenant/:door', async ({ request, env, params }) => {
      await knock(env, { type: 'Tenant', name: params.tenant as string }, params.door as string, await request.json())
    })
  },
})

export default { fetch: worker.fetch }
export const { Tenant } = worker.objects
