import { sha256 } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { bearer, isOperator, matches, newToken, tenantOf } from './tokens.ts'

describe('a token', () => {
  it('says whose it is and is never the same twice', () => {
    const token = newToken('acme_west.2')
    expect(tenantOf(token)).toBe('acme_west.2')
    expect(newToken('acme')).not.toBe(newToken('acme'))
  })

  it('is proved by its digest alone', async () => {
    const token = newToken('acme')
    const digest = await sha256(token)
    expect(await matches(token, digest)).toBe(true)
    expect(await matches(`${token.slice(0, -1)}x`, digest)).toBe(false)
    expect(digest).not.toContain(token.slice(-20))
  })

  it('is read out of the header only in its right form', () => {
    const given = (value: string) => bearer(new Request('http://desk.example', { headers: { authorization: value } }))
    expect(given('Bearer abc')).toBe('abc')
    expect(given('bearer abc')).toBe('abc')
    expect([given('Basic abc'), given('Bearer'), given('Bearer a b')]).toEqual([undefined, undefined, undefined])
    expect(bearer(new Request('http://desk.example'))).toBeUndefined()
  })

  it('of the operator must be set and long, or nobody is the operator', async () => {
    expect(await isOperator('0123456789abcdef', '0123456789abcdef')).toBe(true)
    expect(await isOperator('0123456789abcdex', '0123456789abcdef')).toBe(false)
    expect(await isOperator('short', 'short')).toBe(false)
    expect(await isOperator('', undefined)).toBe(false)
    expect(await isOperator('', '')).toBe(false)
  })
})
