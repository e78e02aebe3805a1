import { describe, expect, it } from 'vitest'
import { errors, readFault, vendorCodeOf } from './errors.ts'
import { failure, hello, setup } from './test/setup.ts'

describe('the error table', () => {
  it('links a page for every code, and takes every failure for one without effect', () => {
    for (const { see, message, code, effect } of Object.values(errors)) {
      expect(see).toMatch(/^https:\/\/platform\.claude\.com\/docs\//)
      expect(message).toMatch(/\.$/)
      expect(code).toMatch(/^[a-z_]+$/)
      expect(effect).toBe('none')
    }
  })

  it.each([
    ['context_length', 'context_length', 'caller', true, 400],
    ['content_filter', 'content_filter', 'policy', false, 400],
    ['model_not_found', 'model_not_found', 'caller', true, 404],
    ['insufficient_quota', 'insufficient_quota', 'quota', true, 400],
    ['overloaded', 'overloaded', 'provider', false, 529],
    ['invalid_schema', 'invalid_schema', 'caller', false, 400],
  ] as const)('%s', async (refusal, code, fault, elsewhere, status) => {
    const { llm, twin } = setup()
    // An overloaded vendor is asked once more.
    twin.refuseNext(refusal)
    twin.refuseNext(refusal)
    const error = await failure(llm.generate(hello()))
    expect(error).toMatchObject({ code, fault, elsewhere, status, effect: 'none', requestId: expect.stringMatching(/^req_/) })
    expect(String(error)).not.toMatch(/Hello there|credit balance|additionalProperties/)
    expect(twin.generated()).toHaveLength(0)
  })

  it('waits as long as it is told, and knows a wrong key', async () => {
    const { llm, twin } = setup()
    twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 7 })
    expect(await failure(llm.generate(hello()))).toMatchObject({ code: 'rate_limited', fault: 'quota', retryAfterMs: 7_000 })
    const wrong = setup({ apiKey: 'sk-ant-wrong' })
    const error = await failure(wrong.llm.generate(hello()))
    expect(error).toMatchObject({ code: 'unauthorized', fault: 'credential', status: 401 })
    expect(JSON.stringify(error)).not.toContain('sk-ant')
  })

  it('asks once', async () => {
    const { llm, twin } = setup()
    twin.faults.always({ kind: 'error', status: 500, when: 'before' })
    expect(await failure(llm.generate(hello()))).toMatchObject({ code: 'vendor_error', status: 500 })
    const trails: unknown[] = []
    twin.faults.clear()
    twin.faults.next({ kind: 'unauthorized' })
    await failure(llm.generate(hello(), { onTrail: (trail) => trails.push(...trail) }))
    expect(trails).toMatchObject([{ requests: 1 }])
  })

  it('takes nothing for an answer that is none', async () => {
    const { llm, twin } = setup()
    for (const kind of ['truncated', 'foreign-page'] as const) {
      twin.faults.next({ kind, when: 'after' } as never)
      expect(await failure(llm.generate(hello()))).toMatchObject({ code: 'unreadable_answer' })
    }
  })
})

describe('the code of an error', () => {
  const invalid = (message: string, details?: object) => vendorCodeOf({ type: 'invalid_request_error', message, details })

  it.each([
    ['prompt is too long: 215432 tokens > 200000 maximum', 'invalid:context'],
    ['input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000', 'invalid:context'],
    ['Your credit balance is too low to access the Anthropic API.', 'invalid:credit'],
    ['You have reached your specified API usage limits.', 'invalid:credit'],
    ['Output blocked by content filtering policy', 'invalid:filter'],
    ['messages.1.content.0: Invalid `signature` in `thinking` block', 'invalid:thought'],
    ['messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.', 'invalid:thought'],
    ['tools.0.custom.input_schema.type: Field required', 'invalid:schema'],
    ['output_config.format.schema: too complex', 'invalid:schema'],
    ['max_tokens: Field required', 'invalid_request_error'],
    ['messages.0.content.0.text: text content blocks must be non-empty', 'invalid_request_error'],
  ])('%s', (message, code) => {
    expect(invalid(message)).toBe(code)
  })

  it('is the detail where Anthropic gives one that is known', () => {
    expect(invalid('x', { error_code: 'enforced_spend_limit_reached' })).toBe('enforced_spend_limit_reached')
    expect(invalid('x', { error_code: 'never_heard' })).toBe('invalid_request_error')
    expect(vendorCodeOf({ type: 'brand_new_error' })).toBe('brand_new_error')
  })

  it('is none where there is none, and the field is one of ours', () => {
    const fault = (message: string) =>
      readFault({ error: { type: 'error', error: { type: 'invalid_request_error', message } } }).field
    expect([fault('top_p: x'), fault('tools.3.custom.name: x'), fault('secret: x'), fault('constructor: x')]).toEqual([
      'topP',
      'tools',
      undefined,
      undefined,
    ])
    for (const error of [undefined, null, 'text', new Error('x'), { error: null }, { error: { error: 7 } }])
      expect(readFault(error)).toEqual({ vendorCode: undefined, field: undefined })
  })
})
