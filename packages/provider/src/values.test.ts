import { describe, expect, it } from 'vitest'
import {
  checkTimestamp,
  formatHandle,
  hmac,
  listing,
  moneyFromDecimal,
  moneyFromWire,
  moneyToWire,
  OutcomeUnknownError,
  ProviderError,
  parseHandle,
  refuse,
  sameText,
  testClock,
  toBase64,
} from './index.ts'

describe('handles', () => {
  it('round-trip, colons in the vendor id included', () => {
    expect(parseHandle(formatHandle('twilio-eu', 'v3:abc'))).toEqual({ provider: 'twilio-eu', id: 'v3:abc' })
  })
  it.each(['', 'SM123', ':x', 'Twilio:SM1', 'twilio:', 7, null])('refuse %j', (value) => {
    expect(() => parseHandle(value)).toThrow(expect.objectContaining({ code: 'invalid_handle', effect: 'none' }))
  })
})

describe('money', () => {
  it.each([
    ['12.5', 'EUR', 2, 1250n],
    ['-0.00750', 'USD', 5, -750n],
    ['1000', 'JPY', 0, 1000n],
    ['1.234', 'KWD', 3, 1234n],
  ])('reads %s %s', (text, currency, exponent, amount) => {
    expect(moneyFromDecimal(text, currency, exponent).amount).toBe(amount)
  })
  it('keeps amounts beyond 2^53 on the wire', () => {
    const value = { amount: 9007199254740993n, currency: 'EUR' }
    expect(moneyFromWire(moneyToWire(value))).toEqual(value)
  })
  it.each([
    ['1.234', 'EUR', 'invalid_money'],
    ['1e3', 'EUR', 'invalid_money'],
    ['1', 'XYZ', 'unknown_currency'],
    ['1', 'eur', 'unknown_currency'],
  ])('refuses %s %s', (text, currency, code) => {
    expect(() => moneyFromDecimal(text, currency, 2)).toThrow(expect.objectContaining({ code }))
  })
})

describe('webhook tools', () => {
  const clock = testClock(1_700_000_000_000)
  it.each(['1700000000', '1699999701', '1700000299'])('accept the time %s', (time) =>
    expect(() => checkTimestamp(time, clock)).not.toThrow(),
  )
  it.each(['1699999699', '1700000301', 'NaN', '', undefined, null, '1e9', '1700000000.5', '-1700000000'])(
    'refuse the time %j',
    (time) => {
      expect(() => checkTimestamp(time, clock)).toThrow(expect.objectContaining({ code: 'webhook_expired' }))
    },
  )
  it('sign as the standard says (RFC 2202 case 2)', async () => {
    expect(toBase64(await hmac('SHA-1', 'Jefe', 'what do ya want for nothing?'))).toBe('7/zfauXrL6LSdBbV8YTfnCWafHk=')
  })
  it('compare whole texts', () => {
    expect([sameText('abc', 'abc'), sameText('abc', 'abd'), sameText('abc', 'ab')]).toEqual([true, false, false])
  })
})

describe('errors', () => {
  it('are recognised across copies of the package, by brand', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('@do/provider.error')]: true })
    expect([ProviderError.is(foreign), ProviderError.is(new Error('x')), ProviderError.is(null)]).toEqual([true, false, false])
  })
  it('keep only the name and code of an SDK error', () => {
    const cause = Object.assign(new Error('POST failed: Bearer sk_live_1 to +14155550100'), {
      code: 'ERR',
      config: { auth: 'sk_live_1' },
    })
    const error = new ProviderError({ effect: 'unknown', fault: 'provider', code: 'x', message: 'It failed.', cause })
    const everything = `${JSON.stringify(error)} ${error.stack} ${(error.cause as Error).stack} ${JSON.stringify(error.cause)} ${(error.cause as Error).message}`
    expect(everything).not.toMatch(/sk_live_1|4155550100/)
    expect((error.cause as Error).message).toBe('Error, code ERR')
  })
  it('survive JSON', () => {
    expect(JSON.parse(JSON.stringify(refuse('a_code', 'Why.', { field: 'to' })))).toMatchObject({
      code: 'a_code',
      effect: 'none',
      field: 'to',
    })
  })
  it('carry a way to settle', async () => {
    const error = new OutcomeUnknownError({ fault: 'network', code: 'outcome_unknown', message: 'x' }, 'k', async () => ({
      effect: 'none',
    }))
    expect([error.effect, error.key, await error.resolve()]).toEqual(['unknown', 'k', { effect: 'none' }])
  })
})

describe('listing', () => {
  it('goes over empty pages, stops fetching with the reader, and says so when a cursor repeats', async () => {
    const asked: (string | undefined)[] = []
    const pages: Record<string, { items: number[]; cursor?: string }> = {
      start: { items: [1], cursor: 'a' },
      a: { items: [], cursor: 'b' },
      b: { items: [2, 3], cursor: 'b' },
    }
    const list = listing(async (cursor) => {
      asked.push(cursor)
      return pages[cursor ?? 'start'] as { items: number[]; cursor?: string }
    })
    const all: number[] = []
    const reading = (async () => {
      for await (const item of list) all.push(item)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cursor_repeated' })
    expect(all).toEqual([1, 2, 3])
    asked.length = 0
    for await (const _ of list) break
    expect(asked).toEqual([undefined])
  })
})
