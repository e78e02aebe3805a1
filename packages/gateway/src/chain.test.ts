import { openaiTwin } from '@do/fixtures/openai'
import { openaiCompatibleLlm, openaiLlm } from '@do/openai'
import { failover, testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { said, type WorldOptions, world } from './testing/world.ts'

// Two providers in one chain: `a` relays the client's bytes, `b` has to be translated.

function mixed(models: string | string[], options: WorldOptions = {}, order: 'ab' | 'ba' = 'ab') {
  const clock = testClock()
  const [one, two] = [openaiTwin({ clock }), openaiTwin({ clock, dialect: 'vllm' })]
  const a = openaiLlm({ ...one.credentials, name: 'a', fetch: one.fetch, clock, aliases: { fast: one.models.chat } })
  const b = openaiCompatibleLlm({
    ...two.credentials,
    baseUrl: two.baseUrl,
    name: 'b',
    fetch: two.fetch,
    clock,
    aliases: { fast: two.models.chat },
    capabilities: { 'relay:openai.chat': false },
  })
  const llm = failover(order === 'ab' ? [a, b] : [b, a], { clock })
  const names = { a: `a:${one.models.chat}`, b: `b:${two.models.chat}` } as Record<string, string>
  const chain = [models].flat().map((name) => names[name] ?? name)
  return { ...world({ llm, clock, session: { models: chain }, ...options }), one, two }
}

const contentOf = async (response: Response) =>
  ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content

describe('a chain of one that relays and one that is translated', () => {
  it.each([
    [['a', 'b'], 'a'],
    [['b', 'a'], 'b'],
  ])('%j asks in its order', async (models, first) => {
    const { post, one, two } = mixed(models)
    for (const twin of [one, two]) twin.say({ text: 'Yes' })
    const response = await post('/v1/chat/completions', said('Hi'))
    expect([response.headers.get('x-do-provider'), response.headers.get('x-do-attempts')]).toEqual([first, '1'])
    expect(await contentOf(response)).toBe('Yes')
    expect(one.requests().length + two.requests().length).toBe(1)
  })

  it.each(['ab', 'ba'] as const)('a name that both have goes in their configured order (%s)', async (order) => {
    const { post } = mixed('fast', {}, order)
    const response = await post('/v1/chat/completions', said('Hi', { model: 'fast' }))
    expect(response.headers.get('x-do-provider')).toBe(order[0])
  })

  it.each([
    [['a', 'b'], 'one', 'b'],
    [['b', 'a'], 'two', 'a'],
  ] as const)('%j: what fails before its first output is taken over unseen, streams too', async (models, failing, other) => {
    for (const stream of [false, true]) {
      const all = mixed([...models])
      const { post, outcomes } = all
      if (stream) all[failing].breakStream({ kind: 'cut', pieces: 0 })
      else all[failing].faults.next({ kind: 'error', status: 503, when: 'before' })
      all[failing === 'one' ? 'two' : 'one'].say({ text: 'Saved by the other' })
      if (stream) all[failing].say({ text: 'never seen' })
      const response = await post('/v1/chat/completions', said('Hi', { stream }))
      expect([response.status, response.headers.get('x-do-provider'), response.headers.get('x-do-attempts')]).toEqual([
        200,
        other,
        '2',
      ])
      const text = await response.text()
      expect(text).not.toContain('never')
      if (stream) {
        expect(text.match(/"role":"assistant"/g)).toHaveLength(1)
        expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
      } else expect(text).toContain('Saved by the other')
      expect(outcomes).toMatchObject([{ effect: 'done', provider: other }])
      expect(outcomes[0]?.trail.filter(({ action }) => action === 'attempt').map(({ provider }) => provider)).toEqual(
        other === 'b' ? ['a', 'b'] : ['b', 'a'],
      )
    }
  })

  it('asks nobody any more when the first has used up the time', async () => {
    const { post, one, two } = mixed(['a', 'b'], { deadline: 5_000 })
    one.faults.next({ kind: 'hang', when: 'before' })
    const response = await post('/v1/chat/completions', said('Hi'))
    expect([response.status, one.requests().length, two.requests().length]).toEqual([504, 1, 0])
  })

  it('asks only those that relay for what cannot be translated', async () => {
    const { post, one, two } = mixed(['b', 'a'])
    one.say({ text: 'A' }, { text: 'B' })
    const response = await post('/v1/chat/completions', said('Hi', { n: 2 }))
    expect(response.headers.get('x-do-provider')).toBe('a')
    expect([one.requests().length, two.requests().length]).toEqual([1, 0])
  })

  it('refuses it where nobody relays, asks nobody and spends nothing', async () => {
    for (const more of [
      { n: 2 },
      { logprobs: true },
      { logit_bias: { 1: 1 } },
      { store: true },
      { audio: {} },
      { reasoning_effort: 'xhigh' },
    ]) {
      const { post, two, outcomes } = mixed('b')
      const response = await post('/v1/chat/completions', said('Hi', more))
      const { error } = (await response.json()) as { error: { param: string; code: string } }
      expect([response.status, error.code, error.param]).toEqual([400, 'unsupported_parameter', Object.keys(more)[0]])
      expect(two.requests()).toEqual([])
      expect(outcomes).toMatchObject([{ effect: 'none' }])
    }
  })

  it('asks nobody else where the fault is the request’s own', async () => {
    const { post, one, two } = mixed(['a', 'b'])
    one.refuseNext('content_filter')
    const response = await post('/v1/chat/completions', said('Hi'))
    expect([response.status, two.requests().length]).toEqual([400, 0])
  })

  it('ends with the common reason, or says that nobody is left', async () => {
    const same = mixed(['a', 'b'])
    for (const twin of [same.one, same.two]) twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 9 })
    const limited = await same.post('/v1/chat/completions', said('Hi'))
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '9'])
    const various = mixed(['a', 'b'])
    various.one.faults.always({ kind: 'rate-limit', retryAfterSeconds: 9 })
    various.two.faults.always({ kind: 'error', status: 500, when: 'before' })
    const nobody = await various.post('/v1/chat/completions', said('Hi'))
    expect([nobody.status, nobody.headers.get('retry-after')]).toEqual([503, '9'])
    expect(various.outcomes).toMatchObject([{ effect: 'none', finish: 'no_provider_left' }])
    expect(various.outcomes[0]?.trail.length).toBeGreaterThanOrEqual(2)
  })

  it('never changes the provider after the first output', async () => {
    for (const kind of ['cut', 'end', 'error', 'malformed'] as const) {
      const { post, one, two, outcomes } = mixed(['a', 'b'])
      one.say({ text: 'one two three four five' })
      one.breakStream({ kind, pieces: 2 })
      const text = await (await post('/v1/chat/completions', said('Hi', { stream: true }))).text()
      const last = text.trimEnd().split('\n\n').at(-1) as string
      expect(JSON.parse(last.slice('data: '.length)), kind).toEqual({
        error: expect.objectContaining({ code: expect.any(String) }),
      })
      expect(text, kind).not.toContain('[DONE]')
      expect(two.requests(), kind).toEqual([])
      expect(outcomes, kind).toMatchObject([{ effect: 'unknown', provider: 'a' }])
    }
  })

  it('finds no model that nobody has', async () => {
    const { post, outcomes } = mixed(['a:gpt-none', 'b:none'])
    const response = await post('/v1/chat/completions', said('Hi', { model: 'none' }))
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      404,
      'model_not_found',
    ])
    expect(outcomes).toMatchObject([{ effect: 'none', finish: 'model_not_found' }])
  })
})

describe('a stream that is held until it is whole', () => {
  const held = { 'x-do-stream': 'whole' }
  const ask = said('Hi', { stream: true })

  it.each(['cut', 'end', 'error', 'malformed', 'stall'] as const)('is made good by the next after a break (%s)', async (kind) => {
    const { post, one, two, outcomes } = mixed(['a', 'b'])
    one.say({ text: 'never seen by anybody' })
    one.breakStream({ kind, pieces: 2 })
    two.say({ text: 'The whole answer' })
    const response = await post('/v1/chat/completions', ask, held)
    expect([response.status, response.headers.get('x-do-provider'), response.headers.get('x-do-attempts')]).toEqual([
      200,
      'b',
      '2',
    ])
    const text = await response.text()
    expect(text).not.toContain('never')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(outcomes).toMatchObject([{ effect: 'done', provider: 'b' }])
  })

  it('asks the only one there is once more, and then has a status', async () => {
    const { post, one, outcomes } = mixed('a')
    one.say({ text: 'one two three' }, { text: 'four five six' })
    one.breakStream({ kind: 'cut', pieces: 2 })
    expect(await (await post('/v1/chat/completions', ask, held)).text()).toContain('four')
    one.say({ text: 'one two three' }, { text: 'four five six' })
    for (let i = 0; i < 2; i++) one.breakStream({ kind: 'cut', pieces: 2 })
    const failed = await post('/v1/chat/completions', ask, held)
    expect([failed.status, failed.headers.get('x-do-attempts'), one.requests().length]).toEqual([502, '2', 4])
    expect(outcomes).toMatchObject([{ effect: 'done' }, { effect: 'none' }])
  })

  it('asks only those that relay for what cannot be translated', async () => {
    const { post, two } = mixed(['b', 'a'])
    const response = await post('/v1/chat/completions', { ...ask, n: 2 }, held)
    expect([response.headers.get('x-do-provider'), two.requests().length]).toEqual(['a', 0])
    const nobody = mixed('b')
    expect((await nobody.post('/v1/chat/completions', { ...ask, n: 2 }, held)).status).toBe(400)
  })

  it('asks nobody else where the fault is the request’s own', async () => {
    const { post, one, two } = mixed(['a', 'b'])
    one.refuseNext('content_filter')
    expect((await post('/v1/chat/completions', ask, held)).status).toBe(400)
    expect(two.requests()).toEqual([])
  })
})

describe('a model that chat completions have not all of', () => {
  const pathOf = ({ url }: { readonly url: string }) => new URL(url).pathname
  const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }]

  it.each([
    [['a:gpt-6-luna', 'b'], 'a', '/v1/responses'],
    [['gpt-6-luna'], 'a', '/v1/responses'],
    [['b', 'a:gpt-6-luna'], 'b', undefined],
    [['a', 'a:gpt-6-luna'], 'a', '/v1/chat/completions'],
  ] as const)('%j is asked in its place', async (models, first, path) => {
    const { post, one } = mixed([...models])
    const response = await post('/v1/chat/completions', said('Hi', { tools }))
    expect([response.status, response.headers.get('x-do-provider')]).toEqual([200, first])
    expect(one.requests().map(pathOf)[0]).toBe(path)
  })

  it('takes over from one that is relayed', async () => {
    const { post, one } = mixed(['a', 'a:gpt-6-luna'])
    one.faults.next({ kind: 'error', status: 503, when: 'before' })
    expect((await post('/v1/chat/completions', said('Hi', { tools }))).status).toBe(200)
    expect(one.requests().map(pathOf)).toEqual(['/v1/chat/completions', '/v1/responses'])
  })
})
