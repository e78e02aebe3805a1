import { describe, expect, it } from 'vitest'
import { answer, hello, serving, setUp } from './test/set-up.ts'

describe('the vendor’s own client', () => {
  it('is there for what the interface does not have, with its retries off', async () => {
    const { twin, provider } = setUp()
    const client = await provider.client
    expect(client.maxRetries).toBe(0)
    expect((await client.models.retrieve('gpt-4o')).id).toBe('gpt-4o')
    expect(twin.requests()).toHaveLength(1)
  })

  it('goes where `baseUrl` says, under the organization and project, with nothing from the environment', async () => {
    const own = { OPENAI_BASE_URL: 'https://elsewhere.example.com', OPENAI_ORG_ID: 'org-env', OPENAI_PROJECT_ID: 'proj-env' }
    Object.assign(process.env, own)
    try {
      const server = serving(() => Response.json(answer({ content: 'Yes' })))
      await server.openai({ baseUrl: 'http://127.0.0.1:9/mirror/' }).generate({ model: 'm', messages: hello })
      await server.openai({ organization: 'org-1', project: 'proj-1' }).generate({ model: 'm', messages: hello })
      const headers = server.seen.map(({ request }) => [
        request.url,
        request.headers.get('openai-organization'),
        request.headers.get('openai-project'),
      ])
      expect(headers).toEqual([
        ['http://127.0.0.1:9/mirror/v1/chat/completions', null, null],
        ['https://api.openai.com/v1/chat/completions', 'org-1', 'proj-1'],
      ])
      expect(server.seen[0]?.request.headers.get('authorization')).toBe('Bearer sk-test')
    } finally {
      for (const name of Object.keys(own)) delete process.env[name]
    }
  })
})
