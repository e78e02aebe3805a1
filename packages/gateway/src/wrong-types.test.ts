import { anthropicLlm } from '@do/anthropic'
import { anthropicTwin } from '@do/fixtures/anthropic'
import { openaiTwin } from '@do/fixtures/openai'
import { openaiLlm } from '@do/openai'
import { testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { createBudget } from './budget.ts'
import { createGateway } from './gateway.ts'
import { keyHost } from './key-host.ts'

const text = [{ type: 'text', text: 'Hi' }]
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }

/** As much as both vendors take, so that nothing but the wrong field is wrong. */
const chat = {
  messages: [
    { role: 'system', content: text },
    { role: 'user', content: [...text, { type: 'image_url', image_url: { url: 'https://pictures.test/a.png' } }] },
    { role: 'assistant', content: null, refusal: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    { role: 'user', content: 'Hi' },
  ],
  tools: [{ type: 'function', function: { name: 'weather', description: 'x', parameters: schema, strict: true } }],
  tool_choice: { type: 'function', function: { name: 'weather' } },
  parallel_tool_calls: false,
  response_format: { type: 'json_schema', json_schema: { name: 'a', description: 'x', schema, strict: true } },
  stream: true,
  stream_options: { include_usage: true },
  max_completion_tokens: 10,
  n: 1,
  temperature: 0,
  stop: ['x'],
  user: 'u',
}

const messages = {
  max_tokens: 2000,
  system: text,
  messages: [
    {
      role: 'user',
      content: [...text, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }],
    },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: text, is_error: false }] },
  ],
  tools: [{ name: 'weather', description: 'x', input_schema: schema, strict: true }],
  tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
  output_config: { format: { type: 'json_schema', schema } },
  metadata: { user_id: 'u' },
  stop_sequences: ['x'],
  stream: true,
}

const wrong: readonly unknown[] = [-1, 1e300, '', 'constructor', true, [], [[null]], { type: 'text' }]

interface Mutant {
  readonly at: string
  readonly value: unknown
  readonly body: unknown
}

/** The body with each of its places, however deep, replaced by each wrong value. */
function* mutants(body: unknown, path: readonly string[] = []): Generator<Mutant> {
  if (typeof body !== 'object' || body === null) return
  for (const [name, member] of Object.entries(body)) {
    const put = (value: unknown) => Object.assign(Array.isArray(body) ? [...body] : { ...body }, { [name]: value })
    const at = [...path, name]
    for (const value of wrong) yield { at: at.join('.'), value, body: put(value) }
    for (const inner of mutants(member, at)) yield { ...inner, body: put(inner.body) }
  }
}

function gatewayAt(vendor: 'openai' | 'anthropic') {
  const clock = testClock()
  const twin = vendor === 'openai' ? openaiTwin({ clock }) : anthropicTwin({ clock })
  const options = { ...twin.credentials, fetch: twin.fetch, clock }
  const llm = vendor === 'openai' ? openaiLlm(options) : anthropicLlm(options)
  const budget = createBudget({ limits: [{ period: 'total', microUsd: 1e12 }], clock })
  const logged: unknown[] = []
  const host = keyHost({ llm, keys: { 'sk-test': { tenant: 'acme' } }, budget })
  const gateway = createGateway(host, { clock, log: (entry) => logged.push(entry) })
  const post = (path: string, body: unknown) =>
    gateway.fetch(
      new Request(`https://gateway.test/v1/${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-test' },
        body: JSON.stringify(body),
      }),
    )
  return { twin, budget, logged, post }
}

const shapes = {
  'chat/completions': /^\{"error":\{"message":"[^"]/,
  messages: /^\{"type":"error","error":\{"type":"\w+","message":"[^"]/,
} as const

describe.each(['openai', 'anthropic'] as const)('each field with a wrong value is refused or harmless, at %s', (vendor) => {
  it.each([
    ['chat/completions', chat],
    ['messages', messages],
  ] as const)('%s', async (path, right) => {
    const { budget, logged, post, twin } = gatewayAt(vendor)
    const whole = { model: twin.models.chat, ...right }
    const base = await post(path, whole)
    expect([base.status, await base.text()]).toEqual([200, expect.any(String)])
    const failures: unknown[] = []
    for (const { at, value, body } of mutants(whole)) {
      const before = twin.generated().length
      const response = await post(path, body)
      const said = await response.text()
      const isRefused = response.status >= 400 && response.status < 500 && shapes[path].test(said)
      const isAnswered = response.status === 200 && twin.generated().length === before + 1
      const isFree = isAnswered || twin.generated().length === before
      if (!(isRefused || isAnswered) || !isFree || budget.state('acme')[0]?.held !== 0 || logged.length > 0)
        failures.push([at, value, response.status, said.slice(0, 300), logged.splice(0)])
    }
    expect(failures).toEqual([])
  })
})
