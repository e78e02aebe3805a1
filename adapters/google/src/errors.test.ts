import type { LlmRefusal } from '@do/conformance'
import { describe, expect, it } from 'vitest'
import { googleLlm } from './index.ts'
import { answering, events, failure, piecesOf, setUp } from './test/set-up.ts'

const messages = [{ role: 'user' as const, content: 'The secret plan' }]
const model = 'gemini-3.6-flash'

const status = (code: number, name: string, message: string, ...details: object[]) => ({
  error: { code, message, status: name, ...(details.length === 0 ? {} : { details }) },
})
const detail = (type: string, more: object) => ({ '@type': `type.googleapis.com/google.rpc.${type}`, ...more })

/** The error that an answer of Google's is, whole and as a refused stream, which must be the same. */
async function errorOf(code: number, body: object) {
  const text = `${JSON.stringify(body, null, 2)}\n`
  const answer = (type: string) => new Response(text, { status: code, statusText: 'Refused', headers: { 'content-type': type } })
  const fetch =
    (type: string): typeof globalThis.fetch =>
    async () =>
      answer(type)
  const whole = googleLlm({ apiKey: 'key', fetch: fetch('application/json; charset=UTF-8') })
  const streamed = googleLlm({ apiKey: 'key', fetch: fetch('text/event-stream') })
  const error = await failure(whole.generate({ model, messages }))
  const same = await failure(piecesOf(streamed.stream({ model, messages })))
  const facts = ({ code, fault, vendorCode, retryAfterMs, elsewhere, effect }: typeof error) => ({
    code,
    fault,
    vendorCode,
    retryAfterMs,
    elsewhere,
    effect,
  })
  expect(facts(same)).toEqual(facts(error))
  return facts(error)
}

describe('errors', () => {
  it('mean the same in a stream as otherwise', async () => {
    const expected: Readonly<Record<LlmRefusal, object>> = {
      context_length: { fault: 'caller', elsewhere: true, status: 400 },
      content_filter: { fault: 'policy', elsewhere: false, status: 200 },
      model_not_found: { fault: 'caller', elsewhere: true, status: 404 },
      insufficient_quota: { fault: 'quota', elsewhere: true, status: 429 },
      overloaded: { fault: 'provider', status: 503 },
      invalid_schema: { fault: 'caller', status: 400 },
    }
    for (const [code, facts] of Object.entries(expected)) {
      const { llm, twin, chat } = setUp()
      for (let i = 0; i < 4; i++) twin.refuseNext(code as LlmRefusal)
      expect(await failure(llm.generate({ model: chat, messages }))).toMatchObject({ code, effect: 'none', ...facts })
      expect(await failure(piecesOf(llm.stream({ model: chat, messages })))).toMatchObject({ code, effect: 'none', ...facts })
      expect(twin.generated()).toHaveLength(0)
    }
  })

  it('are read out of the status of Google', async () => {
    const key = detail('ErrorInfo', { reason: 'API_KEY_INVALID', domain: 'googleapis.com' })
    expect(await errorOf(400, status(400, 'INVALID_ARGUMENT', 'API key expired.', key))).toMatchObject({
      code: 'unauthorized',
      fault: 'credential',
      vendorCode: 'API_KEY_INVALID',
    })
    expect(await errorOf(401, status(401, 'UNAUTHENTICATED', 'No.'))).toMatchObject({ code: 'unauthorized', fault: 'credential' })
    expect(await errorOf(403, status(403, 'PERMISSION_DENIED', 'No.'))).toMatchObject({ code: 'forbidden', fault: 'credential' })
    expect(
      await errorOf(400, status(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.')),
    ).toMatchObject({
      code: 'not_available',
      fault: 'policy',
      elsewhere: true,
    })
    expect(await errorOf(400, status(400, 'INVALID_ARGUMENT', 'Bad.'))).toMatchObject({ code: 'invalid_input', fault: 'caller' })
    expect(
      await errorOf(400, status(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.')),
    ).toMatchObject({
      code: 'too_large',
      elsewhere: true,
    })
    expect(await errorOf(500, status(500, 'INTERNAL', 'Oh.'))).toMatchObject({
      code: 'vendor_error',
      fault: 'provider',
      effect: 'none',
    })
    expect(await errorOf(504, status(504, 'DEADLINE_EXCEEDED', 'Oh.'))).toMatchObject({
      code: 'vendor_timeout',
      fault: 'provider',
    })
    expect(await errorOf(418, status(418, 'TEAPOT', 'Oh.'))).toMatchObject({ code: 'vendor_refused', vendorCode: 'TEAPOT' })
    expect(await errorOf(502, status(502, 'Bad Gateway', 'Oh.'))).toMatchObject({ code: 'vendor_error', vendorCode: undefined })
    expect(await errorOf(429, [status(429, 'RESOURCE_EXHAUSTED', 'Oh.')])).toMatchObject({ code: 'rate_limited' })
  })

  it('tell a limit that passes from one that does not', async () => {
    const retry = detail('RetryInfo', { retryDelay: '34.074824224s' })
    const quota = (quotaId: string) => detail('QuotaFailure', { violations: [{ quotaId }] })
    const words = 'You exceeded your current quota, please check your plan and billing details.'
    expect(
      await errorOf(429, status(429, 'RESOURCE_EXHAUSTED', words, quota('RequestsPerMinutePerProject'), retry)),
    ).toMatchObject({
      code: 'rate_limited',
      fault: 'quota',
      retryAfterMs: 34_075,
    })
    expect(await errorOf(429, status(429, 'RESOURCE_EXHAUSTED', words, quota('RequestsPerDayPerProject'), retry))).toMatchObject({
      code: 'insufficient_quota',
      elsewhere: true,
    })
    expect(await errorOf(429, status(429, 'RESOURCE_EXHAUSTED', words))).toMatchObject({ code: 'insufficient_quota' })
    expect(
      await errorOf(429, status(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).')),
    ).toMatchObject({
      code: 'rate_limited',
    })
  })

  it('hold neither the key nor what was asked, and survive any nonsense', async () => {
    for (const body of [{ error: null }, { error: 'x' }, [], 'x', null, { error: { message: '{"error":{"message":"{}"}}' } }]) {
      const fetch: typeof globalThis.fetch = async () => Response.json(body, { status: 400 })
      const error = await failure(googleLlm({ apiKey: 'topsecret', fetch }).generate({ model, messages }))
      expect(error).toMatchObject({ code: 'invalid_input', effect: 'none' })
      expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).not.toMatch(/topsecret|secret plan/)
    }
  })

  it('of a blocked prompt are policy, for reasons that are new, too', async () => {
    for (const blockReason of ['SAFETY', 'BRAND_NEW']) {
      const blocked = { promptFeedback: { blockReason }, usageMetadata: { promptTokenCount: 3 } }
      const { llm } = answering(blocked, events(blocked))
      const expected = { code: 'content_filter', fault: 'policy', effect: 'none' }
      expect(await failure(llm.generate({ model, messages }))).toMatchObject(expected)
      expect(await failure(piecesOf(llm.stream({ model, messages })))).toMatchObject(expected)
    }
  })

  it('within a stream break it, and before its first word are what they are', async () => {
    const { llm, twin, chat } = setUp()
    twin.say({ text: 'one two three' })
    twin.breakStream({ pieces: 1, kind: 'error' })
    const error = await failure(piecesOf(llm.stream({ model: chat, messages })))
    expect(error).toMatchObject({
      code: 'stream_interrupted',
      effect: 'unknown',
      cause: { code: 'overloaded', vendorCode: 'UNAVAILABLE' },
    })
    const refused = events(status(429, 'RESOURCE_EXHAUSTED', 'Slowly.'))
    const early = answering(refused)
    expect(await failure(piecesOf(early.llm.stream({ model, messages })))).toMatchObject({ code: 'rate_limited', status: 200 })
  })
})
