import { OutcomeUnknownError, ProviderError, refuse } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { notFound, problem, problemResponse, statusOf } from './problem.ts'

const error = (fault: ProviderError['fault'], code: string, effect: ProviderError['effect'] = 'none') =>
  new ProviderError({ effect, fault, code, message: 'What was wrong.' })

describe('the status of an error', () => {
  it.each([
    [error('caller', 'invalid_input'), 422],
    [error('caller', 'not_found'), 404],
    [error('caller', 'idempotency_key_reused'), 409],
    [error('caller', 'version_conflict'), 409],
    [error('caller', 'webhook_signature'), 403],
    [error('caller', 'invalid_cursor'), 400],
    [error('policy', 'blocked'), 422],
    [error('recipient', 'opted_out'), 422],
    [error('declined', 'card_declined'), 402],
    [error('quota', 'rate_limited'), 429],
    // The vendor refused our credential: that is not the caller's 401.
    [error('credential', 'unauthorized'), 502],
    [error('provider', 'vendor_error'), 502],
    [error('network', 'unreachable'), 502],
    [error('cancelled', 'cancelled'), 499],
    [error('network', 'connection_lost', 'unknown'), 504],
    [problem(418, 'teapot', 'No coffee.'), 418],
    [notFound('It'), 404],
    [new Error('other'), 500],
    ['thrown text', 500],
  ])('%s → %i', (thrown, status) => {
    expect(statusOf(thrown)).toBe(status)
    expect(problemResponse(thrown, 'r').status).toBe(status)
  })
})

describe('problem+json', () => {
  it('carries what a caller may know, and Retry-After in whole seconds', async () => {
    const thrown = new ProviderError({
      effect: 'none',
      fault: 'quota',
      code: 'rate_limited',
      message: 'Too many. Wait.',
      field: 'to',
      status: 429,
      requestId: 'vendor-1',
      provider: 'twilio',
      operation: 'sms.send',
      retryAfterMs: 1_200,
      trail: [{ provider: 'twilio', action: 'attempt', at: 1, effect: 'none' }],
    })
    const response = problemResponse(thrown, 'ours-1')
    expect(response.headers.get('retry-after')).toBe('2')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'urn:problem:rate_limited',
      title: 'Rate limited',
      status: 429,
      detail: 'Too many. Wait.',
      code: 'rate_limited',
      requestId: 'ours-1',
      effect: 'none',
      fault: 'quota',
      field: 'to',
      provider: 'twilio',
      operation: 'sms.send',
      retryAfterMs: 1_200,
      trail: [{ provider: 'twilio', action: 'attempt', at: 1, effect: 'none' }],
      vendorStatus: 429,
      vendorRequestId: 'vendor-1',
    })
  })

  it('names the key under which an unknown outcome may be repeated', async () => {
    const thrown = new OutcomeUnknownError(
      { fault: 'network', code: 'outcome_unknown', message: 'Lost.' },
      'order-42',
      async () => ({ effect: 'unknown' }),
    )
    expect(await problemResponse(thrown, 'r').json()).toMatchObject({
      status: 504,
      title: 'Outcome unknown',
      effect: 'unknown',
      key: 'order-42',
    })
  })

  it('says nothing of an unknown error', async () => {
    const text = await problemResponse(new Error('password=hunter2'), 'r').text()
    expect(text).not.toContain('hunter2')
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', status: 500 })
  })

  it('names the field of a refusal', async () => {
    expect(await problemResponse(refuse('invalid_input', '"to" is not valid.', { field: 'to' }), 'r').json()).toMatchObject({
      field: 'to',
      status: 422,
    })
  })
})
