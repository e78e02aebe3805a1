import type { GenerateInput } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { failure, hello, llama, pieced, setUp } from './test/set-up.ts'

const weather = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }
const clock = { name: 'clock', description: 'The time', parameters: { type: 'object' } }
const ask = (more: Partial<GenerateInput> = {}): GenerateInput => ({ model: llama, messages: hello, ...more })
const schema = { type: 'object', properties: { city: { type: 'string' } } }

describe('the older models, in the shape of their own', () => {
  it('answer the same at once and in pieces, numbers and all', async () => {
    for (const text of ['Paris.', 'Room 42 or 7', '1789', '007', '0', ' 3 ']) {
      const { twin, rest } = setUp()
      twin.say({ text }, { text })
      const whole = await rest.generate(ask())
      expect(whole).toMatchObject({ text, finish: 'stop', provider: 'workers-ai', model: llama })
      expect(whole.usage?.output).toBeGreaterThan(0)
      expect({ ...(await pieced(rest, ask())), id: '' }).toEqual({ ...whole, id: '' })
    }
  })

  it('put numbers on the wire as numbers, which come out as text', async () => {
    const sent: string[] = []
    const { twin } = setUp()
    const { rest } = setUp({
      fetch: async (input, init) => {
        const response = await twin.fetch(input, init)
        sent.push(await response.clone().text())
        return response
      },
    })
    twin.say({ text: 'Take 42 now' })
    expect((await pieced(rest, ask())).text).toBe('Take 42 now')
    expect(sent[0]).toContain('"response":42')
  })

  it('make calls without ids, which get some that no other call has', async () => {
    const { twin, rest } = setUp()
    const tools = [
      { name: 'weather', arguments: { city: 'Paris' } },
      { name: 'weather', arguments: { city: 'Rome' } },
      { name: 'clock', arguments: {} },
    ]
    twin.say({ tools }, { tools }, { tools })
    const answers = [
      await rest.generate(ask({ tools: [weather, clock] })),
      await pieced(rest, ask({ tools: [weather, clock] })),
      await rest.generate(ask({ tools: [weather, clock] })),
    ]
    const ids = answers.flatMap(({ toolCalls }) => toolCalls.map(({ id }) => id))
    expect(new Set(ids).size).toBe(9)
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,40}$/)
    for (const { toolCalls, finish } of answers) {
      expect(finish).toBe('tool_calls')
      expect(toolCalls.map(({ name, arguments: given }) => [name, JSON.parse(given)])).toEqual(
        tools.map((one) => [one.name, one.arguments]),
      )
    }
  })

  it('get a description and properties for every tool, and only the tool that is wanted', async () => {
    const { rest, bodies } = setUp()
    await rest.generate(ask({ tools: [weather, clock], toolChoice: { tool: 'clock' }, parallelTools: false }))
    expect(bodies()[0]).toMatchObject({
      tools: [{ type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } }],
      tool_choice: 'required',
    })
    expect(bodies()[0]).not.toHaveProperty('parallel_tool_calls')
    await rest.generate(ask({ tools: [weather] }))
    expect(bodies()[1]).toMatchObject({ tools: [{ function: { name: 'weather', description: 'weather' } }] })
  })

  it('answer JSON as an object, also where a stream was asked for, which they cannot stream', async () => {
    const { twin, rest, bodies } = setUp()
    twin.say({ text: '{"city":"Paris"}' }, { text: '{"city":"Paris"}' })
    const output = { schema }
    expect(await rest.generate(ask({ output }))).toMatchObject({ object: { city: 'Paris' }, finish: 'stop' })
    expect(await pieced(rest, ask({ output }))).toMatchObject({ object: { city: 'Paris' }, finish: 'stop' })
    for (const body of bodies()) {
      expect(body.response_format).toEqual({ type: 'json_schema', json_schema: schema })
      expect(body).not.toHaveProperty('stream')
    }
  })

  it('may fail to answer JSON, which is their fault', async () => {
    const { twin, rest } = setUp()
    twin.say({ text: 'no' }, { text: 'no' }, { text: 'no' }, { text: 'no' })
    expect(await failure(rest.generate(ask({ output: 'json' })))).toMatchObject({
      code: 'not_json',
      fault: 'provider',
      status: 422,
    })
    expect(await failure(pieced(rest, ask({ output: 'json' })))).toMatchObject({ code: 'not_json', effect: 'none' })
  })

  it('say nothing of being cut: their tokens do', async () => {
    const { twin, rest, bodies } = setUp({ maxOutputTokens: 77 })
    const cut = { text: 'Once upon a', finish: 'length' } as const
    twin.say(cut, cut, cut)
    expect(await rest.generate(ask({ maxOutputTokens: 16 }))).toMatchObject({ finish: 'length', usage: { output: 16 } })
    expect(await pieced(rest, ask({ maxOutputTokens: 16 }))).toMatchObject({ finish: 'length', usage: { output: 16 } })
    expect(await rest.generate(ask())).toMatchObject({ finish: 'length' })
    expect(bodies().map(({ max_tokens }) => max_tokens)).toEqual([16, 16, 77])
  })

  it('are not held to 256 tokens where nobody said so', async () => {
    const { rest, bodies, model } = setUp()
    await rest.generate(ask())
    await rest.generate(ask({ model }))
    expect(bodies().map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens])).toEqual([
      [1_024, undefined],
      [undefined, undefined],
    ])
  })

  it('warn of what may be lost', async () => {
    const { rest, bodies } = setUp()
    const { warnings } = await rest.generate(ask({ seed: 0, stop: ['END'], thinking: 'high' }))
    expect(warnings).toEqual(['thinking_ignored', 'seed_ignored', 'stop_may_be_ignored'])
    expect(bodies()[0]).toMatchObject({ stop: ['END'] })
    expect(bodies()[0]).not.toHaveProperty('seed')
    expect((await pieced(rest, ask({ thinking: 'off', seed: 1 }))).warnings).toBeUndefined()
  })

  it('take pictures as bytes, never from an address', async () => {
    const { rest, bodies, twin } = setUp()
    const image = (more: object) => [{ role: 'user' as const, content: [{ type: 'image' as const, ...more }] }]
    const url = image({ url: 'https://pictures.example.com/cat.png' })
    expect(await failure(rest.generate(ask({ messages: url })))).toMatchObject({ code: 'unsupported', elsewhere: true })
    expect(twin.requests()).toHaveLength(0)
    const scout = '@cf/meta/llama-4-scout-17b-16e-instruct'
    await rest.generate(ask({ model: scout, messages: image({ data: new Uint8Array([1, 2]), mediaType: 'image/png' }) }))
    expect(bodies()[0]?.messages).toEqual([
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AQI=' } }] },
    ])
  })
})
