import { afterEach, describe, expect, it, vi } from 'vitest'
import { anthropicLlm } from './index.ts'
import { hello, setup } from './test/setup.ts'

afterEach(() => vi.unstubAllEnvs())

describe('the SDK', () => {
  it('is there for what the interface does not have', async () => {
    const { llm, twin } = setup()
    const client = await llm.client
    expect(
      await client.messages.countTokens({ model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hello' }] }),
    ).toEqual({
      input_tokens: 2,
    })
    expect(twin.requests()[0]?.operation).toBe('messages.count_tokens')
  })

  it('takes neither key nor address from the environment', async () => {
    vi.stubEnv('ANTHROPIC_BASE_URL', 'https://evil.example.com')
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'other')
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-other')
    vi.stubEnv('ANTHROPIC_LOG', 'debug')
    const { llm, twin } = setup()
    await llm.generate(hello())
    expect(twin.requests()[0]?.url).toBe('https://api.anthropic.com/v1/messages')
    expect(JSON.stringify(twin.requests()[0]?.headers)).not.toContain('other')
  })

  it('says nothing on the console, whatever the model and the length', async () => {
    const said = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(console, 'log')]
    const { llm, twin } = setup()
    await llm.generate(hello({ model: 'claude-opus-4-1', maxOutputTokens: 32_000 }))
    twin.faults.next({ kind: 'unauthorized' })
    await llm.generate(hello()).catch(() => {})
    for (const spy of said) expect(spy).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  it('goes where it is told', async () => {
    const urls: string[] = []
    const { twin } = setup()
    const llm = anthropicLlm({
      ...twin.credentials,
      baseUrl: 'http://127.0.0.1:9/anthropic',
      aliases: { smart: 'claude-opus-4-6' },
      fetch: (url, init) => {
        urls.push(String(url))
        return twin.fetch('https://api.anthropic.com/v1/messages', init)
      },
    })
    expect(await llm.generate(hello({ model: 'smart' }))).toMatchObject({ model: 'claude-opus-4-6' })
    expect(urls).toEqual(['http://127.0.0.1:9/anthropic/v1/messages'])
  })

  it('has no price for what the table does not know', async () => {
    const { llm } = setup({ prices: { date: '2026-01-01', models: {} } })
    expect(await llm.generate(hello())).not.toHaveProperty('cost')
  })
})
