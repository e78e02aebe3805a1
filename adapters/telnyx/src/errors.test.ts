import { describe, expect, it } from 'vitest'
import { errors, readFault, renamed } from './errors.ts'

const answer = (...list: object[]) => Object.assign(new Error('400'), { status: 400, error: { errors: list } })

describe('the error table', () => {
  it('links a page for every code, and takes only refusals for proof that nothing happened', () => {
    const rows = Object.entries(errors)
    expect(rows.length).toBeGreaterThan(50)
    for (const [, { see, message, code }] of rows) {
      expect(see).toMatch(/^https:\/\/developers\.telnyx\.com\//)
      expect(message).toMatch(/\.$/)
      expect(code).toMatch(/^[a-z_]+$/)
    }
    expect(rows.filter(([, { effect }]) => effect !== 'none').map(([vendorCode]) => vendorCode)).toEqual([
      '10007',
      '10008',
      '10036',
    ])
  })

  it.each([
    ['40300', 'opted_out', 'recipient', false],
    ['40310', 'invalid_recipient', 'recipient', false],
    ['40305', 'invalid_sender', 'caller', true],
    ['10009', 'unauthorized', 'credential', false],
    ['20100', 'no_credit', 'quota', false],
    ['10011', 'rate_limited', 'quota', false],
    ['40309', 'region_not_enabled', 'policy', true],
  ])('says whose fault %s is, and whether another vendor may try', (vendorCode, code, fault, elsewhere) => {
    expect(errors[vendorCode]).toMatchObject({ code, fault, elsewhere })
  })
})

describe('readFault', () => {
  it('reads the first code, and the field in our words', () => {
    expect(readFault(answer({ code: '10015', source: { pointer: '/media_urls' } }))).toEqual({
      vendorCode: '10015',
      field: 'media',
    })
    expect(readFault(answer({ code: '10015', source: { pointer: '/' } }))).toEqual({ vendorCode: '10015', field: undefined })
  })

  it('reads the bare error of a refused cancellation, and a code of our own', () => {
    const bare = Object.assign(new Error('403'), { status: 403, error: { code: '10010', title: 'x' } })
    expect(readFault(bare).vendorCode).toBe('10010')
    expect(readFault(renamed(answer({ code: '10010', source: { pointer: '/from' } }), 'dial:from'))).toEqual({
      vendorCode: 'dial:from',
      field: 'from',
    })
  })

  it('finds nothing in what is no answer of Telnyx', () => {
    for (const error of [undefined, null, 'text', new Error('x'), answer()])
      expect(readFault(error)).toEqual({ vendorCode: undefined, field: undefined })
  })
})
