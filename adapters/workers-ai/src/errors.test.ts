import { describe, expect, it } from 'vitest'
import { errors, statusOf, vendorCodeIn } from './errors.ts'
import { failure, hello, serving, setUp } from './test/set-up.ts'

const envelope = (code: unknown, message = 'x') => ({ success: false, result: null, messages: [], errors: [{ code, message }] })

describe('the code of a refusal', () => {
  it.each<[string, unknown, string | undefined]>([
    ["Cloudflare's envelope", envelope(5007), '5007'],
    ['a code that is text', envelope('5021', 'too long'), '5021'],
    ['what the binding gets', { internalCode: 3040, name: 'AiError', message: 'x', description: 'y' }, '3040'],
    ["the gateway's", { success: false, error: [{ code: 2003, message: 'Rate limited' }] }, '2003'],
    ["OpenAI's", { error: { message: 'x', type: 'y', code: '3006' } }, '3006'],
    ['one within the text', envelope(1000, 'AiError: AiError: 3040: Capacity'), '3040'],
    ['one within the text that nobody knows', envelope(1000, 'AiError: 9876: what'), '1000'],
    ['words of vLLM', { error: { code: 400, message: "This model's maximum context length is 8 tokens" } }, 'context'],
    ['words about a filter', envelope(3030, 'AiError: Input prompt contains NSFW content'), 'filter'],
    ['words about a schema', envelope(5006, "AiError: Bad input: invalid json schema at '/x'"), 'schema'],
    ['a bare text', { error: 'AiError: 3040: Capacity' }, '3040'],
    ['nothing', {}, undefined],
    ['null', null, undefined],
    ['lists of nothing', { errors: [], error: [] }, undefined],
    ['strangers', { errors: [null], error: 7 }, undefined],
  ])('%s', (_, body, code) => expect(vendorCodeIn(body)).toBe(code))
})

it('has a status for every code that it knows', () => {
  for (const code of Object.keys(errors)) if (/^\d+$/.test(code)) expect(statusOf(code)).toBeGreaterThanOrEqual(400)
})

it.each<[number, unknown, object]>([
  [401, envelope(10000, 'Authentication error'), { code: 'unauthorized', fault: 'credential' }],
  [404, envelope(7003), { code: 'invalid_configuration', fault: 'credential' }],
  [400, envelope(7000, 'No route for that URI'), { code: 'model_not_found', elsewhere: true }],
  [403, envelope(5018), { code: 'forbidden', elsewhere: true }],
  [403, envelope(3023), { code: 'forbidden', elsewhere: false }],
  [413, envelope(3006), { code: 'too_large', elsewhere: true }],
  [429, envelope(3036), { code: 'insufficient_quota', fault: 'quota', elsewhere: true }],
  [429, {}, { code: 'rate_limited', fault: 'quota' }],
  [
    424,
    { error: [{ code: 2016, message: 'Prompt blocked due to security configurations' }] },
    { code: 'content_filter', fault: 'policy' },
  ],
  [408, envelope(3007), { code: 'timeout', fault: 'provider' }],
  [502, 'Bad gateway', { code: 'overloaded', fault: 'provider' }],
  [500, envelope(3043), { code: 'vendor_error', fault: 'provider' }],
])('%s %j', async (status, body, expected) => {
  const { provider } = serving(() => Response.json(body, { status, headers: { 'cf-ray': 'ray-1' } }))
  const error = await failure(provider.generate({ model: '@cf/x/y', messages: hello }))
  expect(error).toMatchObject({ ...expected, effect: 'none', status, requestId: 'ray-1' })
})

it('a refusal in an answer that says success is one', async () => {
  const { provider } = serving(() =>
    Response.json({ result: { response: 'x' }, success: false, errors: [{ message: "JSON Mode couldn't be met" }] }),
  )
  expect(await failure(provider.generate({ model: '@cf/x/y', messages: hello }))).toMatchObject({ code: 'not_json', status: 200 })
})

it.each(['../../zones', 'a/../../b', '@cf/x y', 'x?y=z', 'x#y', 'x%2e', 'gpt:4', '..', '@cf/./x'])(
  'a name that leads elsewhere is no model: %s',
  async (model) => {
    const { twin, rest, inWorker } = setUp()
    for (const provider of [rest, inWorker()]) {
      const error = await failure(provider.generate({ model, messages: hello }))
      expect(error).toMatchObject({ code: 'model_not_found', elsewhere: true, field: 'model' })
    }
    expect(twin.requests()).toHaveLength(0)
  },
)
