import { describe, expect, it } from 'vitest'
import { checkWhere, matches } from '../actions/where.ts'
import { wherePredicate } from './where.ts'

/** One language of conditions for change filters, event handlers and waits. */
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
  ])('%j: %s, for changes and for events alike', (where, holds) => {
    expect([wherePredicate(where)(data), matches(where, data)]).toEqual([holds, holds])
  })

  it('refuses what no data could meet, each room with its own code and the field', () => {
    const wrong = { total: { like: 1 } } as never
    expect(() => wherePredicate(wrong)).toThrow(expect.objectContaining({ code: 'invalid_filter', field: 'where.total.like' }))
    expect(() => checkWhere(wrong)).toThrow(expect.objectContaining({ code: 'invalid_where', field: 'where.total.like' }))
    expect(() => checkWhere({ 'a..b': 1 })).toThrow(expect.objectContaining({ code: 'invalid_where' }))
    expect(() => checkWhere({ total: { exists: 'yes' } } as never)).toThrow(/exists/)
  })
})
