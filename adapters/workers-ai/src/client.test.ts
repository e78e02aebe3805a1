import { describe, expect, it } from 'vitest'
import { workersAiLlm } from './index.ts'
import { hello, setUp } from './test/set-up.ts'

describe('the client over REST', () => {
  it('runs a model, and answers as Workers AI does', async () => {
    const { rest, model } = setUp()
    const client = await rest.client
    const response = await client.run(model, { messages: hello, stream: true })
    expect(response.headers.get('content-type')).toContain('event-stream')
    expect(await response.text()).toContain('data: [DONE]')
    expect((await client.run('@cf/no/model', {})).status).toBe(400)
    await expect(client.run('../zones', {})).rejects.toMatchObject({ code: 'model_not_found' })
  })

  it('reads what the interface does not have', async () => {
    const { twin, rest } = setUp()
    const response = await (await rest.client).fetch('models/search?per_page=2', {
      headers: { 'x-mine': '1', authorization: 'no' },
    })
    expect(await response.json()).toMatchObject({ result: [{ name: expect.any(String) }, {}] })
    expect(twin.requests()[0]?.headers).toMatchObject({ 'x-mine': '1', authorization: `Bearer ${twin.credentials.apiToken}` })
  })

  it('sends the token nowhere else', async () => {
    const { twin, rest } = setUp()
    const client = await rest.client
    for (const path of ['https://evil.example.com/', '//evil.example.com/', '/client/v4/zones', '../../../zones']) {
      await expect((async () => client.fetch(path))()).rejects.toMatchObject({ code: 'invalid_input' })
    }
    expect(twin.requests()).toHaveLength(0)
  })
})

it.each(['accountId', 'apiToken'])('says at once that %s is missing', (field) => {
  const credentials = { accountId: 'a', apiToken: 'b', [field]: '' }
  expect(() => workersAiLlm(credentials)).toThrow(expect.objectContaining({ code: 'credential_missing', field }))
})
