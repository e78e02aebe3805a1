import { describe, expect, it } from 'vitest'
import { wherePredicate } from './where.ts'

/** One language of conditions for change filters, totals, event handlers and waits. */
const data = { status: 'paid', total: 12, customer: { email: 'ada@example.com' }, gone: null }

describe('conditions on data', () => {
  it.each([
    [{ status: 'paid' }, true],
    [{ status: { ne: 'paid' } }, false],
    [{ total: { gt: 11, lte: 12 } }, true],
    [{ total: { gt: '1' } }, false],
    [{ status: { in: ['open', 'paid'] } }, true],
    [{ 'customer.email': { prefix: 'ada@' } }, true],
    [{ 'customer.email': { exists: true }, 'customer.phone': { exists: false } }, true],
    [{ gone: { exists: false }, absent: null }, true],
    [{ constructor: { exists: true } }, false],
    [{}, true],
    [undefined, true],
  ])('%j: %s', (where, holds) => {
    expect(wherePredicate(where)(data)).toBe(holds)
  })

  it.each([
    [{ total: { like: 1 } }, 'where.total.like'],
    [{ 'a..b': 1 }, 'where.a..b'],
    [{ total: { exists: 'yes' } }, 'where.total.exists'],
    [{ total: [1] }, 'where.total'],
    [null, 'where'],
  ])('refuses what no data could meet, in every room with the same code and the field: %j', (where, field) => {
    expect(() => wherePredicate(where)).toThrow(expect.objectContaining({ code: 'invalid_where', field }))
  })
})
