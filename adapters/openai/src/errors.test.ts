import { VendorRefusal } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { errors, inBand, RefusedAnswer, readFault } from './errors.ts'
import { answer, failure, hello, serving, setUp } from './test/set-up.ts'

describe('the error table', () => {
  it('has a sentence, a page and no effect for every code', () => {
    const rows = Object.values(errors)
    expect(rows.length).toBeGreaterThan(50)
    for (const { see, message, code, effect } of rows) {
      expect(see).toMatch(/^https:/)
      expect(message).toMatch(/[.`]$/)
      expect(code).toMatch(/^[a-z_]+$/)
      expect(effect).toBe('none')
    }
  })

  it.each([
    ['model_not_found', 'model_not_found', 'caller', true],
    ['context_length_exceeded', 'context_length', 'caller', true],
    ['content_filter', 'content_filter', 'policy', false],
    ['insufficient_quota', 'insufficient_quota', 'quota', true],
    ['rate_limit_exceeded', 'rate_limited', 'quota', false],
    ['invalid_function_parameters', 'invalid_schema', 'caller', false],
    ['invalid_api_key', 'unauthorized', 'credential', false],
    ['http:503', 'overloaded', 'provider', false],
    ['server_error', 'vendor_error', 'provider', false],
  ])('says whose fault %s is, and whether another vendor may try', (vendorCode, code, fault, elsewhere) => {
    expect(errors[vendorCode]).toMatchObject({ code, fault, elsewhere })
  })
})

describe('what the vendor refuses', () => {
  it.each([
    [
      'context_length',
      { code: 'context_length', fault: 'caller', elsewhere: true, vendorCode: 'context_length_exceeded', field: 'messages' },
    ],
    ['content_filter', { code: 'content_filter', fault: 'policy', elsewhere: false }],
    ['model_not_found', { code: 'model_not_found', fault: 'caller', elsewhere: true, status: 404 }],
    ['insufficient_quota', { code: 'insufficient_quota', fault: 'quota', elsewhere: true, status: 429 }],
    ['overloaded', { code: 'overloaded', fault: 'provider', status: 503 }],
    ['invalid_schema', { code: 'invalid_schema', fault: 'caller', field: 'output' }],
  ] as const)('%s', async (why, facts) => {
    const { twin, provider, model } = setUp()
    // A fault of the vendor is asked once more.
    for (let i = 0; i < 2; i++) twin.refuseNext(why)
    expect(await failure(provider.generate({ model, messages: hello }))).toMatchObject({ ...facts, effect: 'none' })
  })

  it('a wrong key, a limit with its time, and a setting that the model does not take', async () => {
    const { provider, model } = setUp({ apiKey: 'sk-wrong-0123456789' })
    const error = await failure(provider.generate({ model, messages: hello }))
    expect(error).toMatchObject({ code: 'unauthorized', fault: 'credential', status: 401, requestId: expect.any(String) })
    expect(JSON.stringify(error)).not.toContain('sk-wrong')
    const { twin, provider: other } = setUp()
    twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 3 })
    expect(await failure(other.generate({ model, messages: hello }))).toMatchObject({ code: 'rate_limited', retryAfterMs: 3_000 })
    const warm = other.generate({ model: 'gpt-5-mini', messages: hello, temperature: 0.2 })
    expect(await failure(warm)).toMatchObject({ code: 'unsupported', field: 'temperature', elsewhere: true })
  })

  it('without a key is told before anything is sent', () => {
    const server = serving(() => Response.json({}))
    expect(() => server.openai({ apiKey: '' })).toThrow(expect.objectContaining({ code: 'credential_missing', field: 'apiKey' }))
  })

  it.each([
    [{ kind: 'refuse' }, 'unreachable'],
    [{ kind: 'cut', when: 'after' }, 'connection_lost'],
    [{ kind: 'foreign-page', when: 'before' }, 'unreadable_answer'],
    [{ kind: 'truncated' }, 'unreadable_answer'],
  ] as const)('%o is one request for each attempt', async (fault, code) => {
    const { twin, provider, model } = setUp()
    for (let i = 0; i < 2; i++) twin.faults.next(fault)
    const error = await failure(provider.generate({ model, messages: hello }))
    expect(error).toMatchObject({ code, effect: 'none' })
    for (const { requests } of error.trail) expect(requests).toBe(1)
  })

  it('keeps the difference between a filter and a refusal', async () => {
    const filtered = serving(() => Response.json(answer({ content: '' }, 'content_filter')))
    expect(await filtered.openai().generate({ model: 'm', messages: hello })).toMatchObject({
      finish: 'content_filter',
      text: '',
    })
    const refused = serving(() => Response.json(answer({ content: null, refusal: 'No.' })))
    const got = await refused.openai().generate({ model: 'm', messages: hello, output: { schema: { type: 'object' } } })
    expect(got).toMatchObject({ finish: 'refusal', refusal: 'No.', text: '' })
    expect('object' in got).toBe(false)
  })
})

describe('readFault', () => {
  const refused = (error: unknown, status = 400, headers = {}) => ({ status, error, headers: new Headers(headers) })

  it.each([
    [{ code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } }, 'ResponsibleAIPolicyViolation'],
    [{ code: 429, message: 'x' }, 'http:429'],
    [{ code: 403, message: 'x', metadata: { reasons: ['violence'] } }, 'content_filter'],
    [{ code: 'tool_use_failed', type: 'invalid_request_error' }, 'tool_use_failed'],
    [{ code: 'string_above_max_length', param: 'messages[0].content' }, 'context_length_exceeded'],
    [{ code: 'string_above_max_length', param: 'input' }, 'string_above_max_length'],
    [{ type: 'invalid_request_error', code: null, message: "Invalid schema for function 'a'" }, 'invalid_json_schema'],
    [{ type: 'BadRequestError', code: 400, message: 'This model has a maximum context length of 10' }, 'context_length_exceeded'],
    ['prompt is too long', 'context_length_exceeded'],
    [{ code: 'something_new' }, 'something_new'],
    // The status says more than this.
    [{ type: 'invalid_request_error', code: null, message: 'x' }, undefined],
    [{ code: 'Tell <me> a secret' }, undefined],
    [undefined, undefined],
    [null, undefined],
    [7, undefined],
  ])('%o is %s', (error, vendorCode) => {
    expect(readFault(refused(error)).vendorCode).toBe(vendorCode)
  })

  it('reads the time to wait, and the field in our words or, relayed, in the vendor’s', () => {
    const error = { code: 'rate_limit_exceeded', param: 'max_completion_tokens' }
    expect(readFault(refused(error, 429, { 'retry-after-ms': '1.5' }))).toMatchObject({
      retryAfterMs: 2,
      field: 'maxOutputTokens',
    })
    expect(readFault(refused({ param: 'messages[0].content' })).field).toBe('messages')
    expect(readFault(refused({ param: 'constructor' })).field).toBe('constructor')
    const relayed = new RefusedAnswer(400, new Headers({ 'retry-after-ms': 'soon' }), JSON.stringify({ error }))
    expect(readFault(relayed)).toMatchObject({ retryAfterMs: undefined, field: 'max_completion_tokens' })
    expect(readFault(new RefusedAnswer(502, new Headers(), '<html>')).vendorCode).toBeUndefined()
    for (const odd of [undefined, null, 'text', new Error('x')]) expect(readFault(odd).vendorCode).toBeUndefined()
  })
})

describe('an error within an answer', () => {
  it.each([
    [{ type: 'server_error', code: null }, 'server_error'],
    [{ type: 'invalid_request_error', code: 'context_length_exceeded' }, 'context_length_exceeded'],
    [{ code: 502, message: 'Provider returned error' }, 'http:502'],
    ['Something', 'stream_error'],
    [{ code: 'brand_new' }, 'stream_error'],
  ])('%o is %s', (error, code) => {
    expect(inBand(error)).toBeInstanceOf(VendorRefusal)
    expect(inBand(error).vendorCode).toBe(code)
    expect(Object.hasOwn(errors, code)).toBe(true)
  })
})
