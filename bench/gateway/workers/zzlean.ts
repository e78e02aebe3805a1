import { createGateway } from '@do/gateway'
import { openaiLlm } from '@do/openai'
import { failover } from '@do/provider'

let gateway: any
export default {
  async fetch(request: Request, env: { UPSTREAM: string }, ctx: any): Promise<Response> {
    if (request.method === 'GET') return new Response('ok')
    gateway ??= createGateway({
      async open() {
        return { tenant: 'x', llm: llmOf(env.UPSTREAM), models: ['gpt-4.1-mini'], route: 'gpt-4.1-mini', settle: () => {} } as any
      },
    })
    return gateway.fetch(request, ctx)
  },
}
let llm: any
const llmOf = (url: string) => (llm ??= failover([openaiLlm({ apiKey: 'sk-test', baseUrl: url, name: 'openai' })]))
