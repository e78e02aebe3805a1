import type { RelayEvent, RelayInput } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { all, delta, done, events, failure, hello, serving, setUp } from './test/set-up.ts'

const decoder = new TextDecoder()
const bytesIn = (pieces: readonly RelayEvent[]) =>
  pieces.map((piece) => (piece.type === 'bytes' ? decoder.decode(piece.data) : '')).join('')
const asking = (body: object): RelayInput => ({
  model: '@cf/openai/gpt-oss-120b',
  wire: 'openai.chat',
  body: { messages: hello, ...body },
})

describe('relayed requests', () => {
  it('hide the tokens that only we asked for, wherever the event with them lies', async () => {
    const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } }
    const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
    const [a, b] = [event(delta({ content: 'a', role: 'assistant' })), event(delta({}, 'stop'))]
    for (const parts of [[a, b, event(usage), done], [a + b + event(usage) + done], [a, b + event(usage), done]]) {
      const pieces = await all(serving(() => events(...parts)).provider.relay(asking({ stream: true })))
      expect(bytesIn(pieces)).toBe(a + b + done)
      expect(pieces.at(-1)).toMatchObject({ type: 'finish', finish: 'stop', usage: { input: 3, output: 1 } })
    }
  })

  it('ask for tokens, and show them to a client that asked as well', async () => {
    const { rest, bodies } = setUp()
    const shown = await all(rest.relay(asking({ stream: true, stream_options: { include_usage: true } })))
    const hidden = await all(rest.relay(asking({ stream: true })))
    expect(bodies().map(({ stream_options }) => stream_options)).toEqual([{ include_usage: true }, { include_usage: true }])
    expect(bytesIn(shown)).toContain('"prompt_tokens"')
    expect(bytesIn(hidden)).not.toContain('"prompt_tokens"')
    expect(shown.at(-1)).toEqual(hidden.at(-1))
  })

  it('never quote text for what it says about itself', async () => {
    const text = 'He said "usage":{"x":1} and "error":{"y":2} and data: [DONE]'
    const { twin, rest } = setUp()
    twin.say({ text })
    const pieces = await all(rest.relay(asking({ stream: true })))
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', finish: 'stop', usage: { output: expect.any(Number) } })
  })

  it('wait for every answer that was asked for', async () => {
    const two = (index: number, finish: string | null) => ({
      choices: [{ index, delta: { content: 'x' }, finish_reason: finish }],
    })
    const stream = asking({ stream: true, n: 2 })
    const whole = serving(() => events(two(0, 'stop'), two(1, 'length'))).provider
    expect((await all(whole.relay(stream))).at(-1)).toMatchObject({ type: 'finish', finish: 'stop' })
    const half = serving(() => events(two(0, 'stop'), two(1, null))).provider
    expect(await failure(all(half.relay(stream)))).toMatchObject({ code: 'stream_interrupted' })
  })

  it('hold back an end mark that would pass a part off as whole', async () => {
    const { provider } = serving(() => events(delta({ content: 'a' }), done))
    const pieces: RelayEvent[] = []
    const error = await failure(
      (async () => {
        for await (const piece of provider.relay(asking({ stream: true }))) pieces.push(piece)
      })(),
    )
    expect(error).toMatchObject({ code: 'stream_interrupted' })
    expect(bytesIn(pieces)).not.toContain('[DONE]')
  })

  it('pass on the one header that means something, and no credential', async () => {
    const { twin, rest } = setUp()
    const headers = { 'X-Session-Affinity': 'ses_1', authorization: 'Bearer stolen', cookie: 'a=b' }
    await all(rest.relay({ ...asking({}), headers }))
    const sent = twin.requests()[0]?.headers
    expect(sent).toMatchObject({ 'x-session-affinity': 'ses_1', authorization: `Bearer ${twin.credentials.apiToken}` })
    expect(sent).not.toHaveProperty('cookie')
  })

  it('go through the gateway, whose log is told', async () => {
    const { twin, rest } = setUp({ gateway: { id: 'edge' } })
    const [start] = await all(rest.relay(asking({ stream: true })))
    const logId = twin.gatewayLog()[0]?.logId
    expect(start).toMatchObject({ headers: { 'cf-aig-log-id': logId, 'cf-aig-cache-status': 'MISS' } })
    expect(twin.requests()[0]?.url).toContain('/edge/workers-ai/v1/chat/completions')
  })

  it.each([{}, { choices: [] }])('fail where they bring no choice: %j', async (body) => {
    const { provider } = serving(() => Response.json(body))
    expect(await failure(all(provider.relay(asking({}))))).toMatchObject({ fault: 'provider', effect: 'none' })
  })

  it('fail by the code of an answer that says success', async () => {
    const { provider } = serving(() => Response.json({ error: { message: 'AiError: 3040: Capacity', code: 500 } }))
    expect(await failure(all(provider.relay(asking({}))))).toMatchObject({ code: 'overloaded' })
  })
})
