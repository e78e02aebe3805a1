import { describe, expect, it } from 'vitest'
import { mergePatch } from './merge-patch.ts'
import { page } from './page.ts'
import { queryOf } from './query.ts'

const schema = {
  properties: {
    status: { type: 'string' },
    total: { type: 'number' },
    paid: { type: 'boolean' },
    customer: { properties: { email: { type: 'string' } } },
  },
}
const query = (text: string, filters?: readonly string[]) =>
  JSON.parse(JSON.stringify(queryOf(new URLSearchParams(text), filters, schema)))

describe('a query string', () => {
  it('is a query of the collection', () => {
    expect(query('status=paid&total[gte]=10&total[lt]=20&orderBy=-total,status&limit=20&cursor=abc&select=status,total')).toEqual(
      {
        where: { status: { eq: 'paid' }, total: { gte: 10, lt: 20 } },
        orderBy: ['-total', 'status'],
        limit: 20,
        cursor: 'abc',
        select: ['status', 'total'],
      },
    )
  })

  it.each([
    ['status=10', { status: { eq: '10' } }],
    ['total=10', { total: { eq: 10 } }],
    ['paid=true', { paid: { eq: true } }],
    ['status[in]=a,b', { status: { in: ['a', 'b'] } }],
    ['status[in]=["a,b","c"]', { status: { in: ['a,b', 'c'] } }],
    ['total[in]=1,2.5', { total: { in: [1, 2.5] } }],
    ['status[exists]=false', { status: { exists: false } }],
    ['customer.email[prefix]=10', { 'customer.email': { prefix: '10' } }],
    [
      'other=10&more=true&none=null&word=ten&zip=007&quoted="10"',
      {
        other: { eq: 10 },
        more: { eq: true },
        none: { eq: null },
        word: { eq: 'ten' },
        zip: { eq: '007' },
        quoted: { eq: '10' },
      },
    ],
    ['$createdAt[gt]=2026-11-21T00:00:00Z', { $createdAt: { gt: '2026-11-21T00:00:00Z' } }],
  ])('%s gives values their type', (text, where) => expect(query(text).where).toEqual(where))

  it.each([
    ['total=ten', 'total'],
    ['total=', 'total'],
    ['paid=1', 'paid'],
    ['status[like]=x', 'status[like]'],
    ['status=a&status=b', 'status'],
    ['limit=-1', 'limit'],
    ['limit=1e3', 'limit'],
    ['limit=x', 'limit'],
    ['other={}', 'other'],
    ['other=[1]', 'other'],
    ['other[in]=[[1]]', 'other[in]'],
    ['orderBy=a&orderBy=b', 'orderBy'],
    ['orderBy=a;b', 'orderBy'],
    ['select=a b', 'select'],
    ['$or=1', '$or'],
    ['$where=1', '$where'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    ['a.__proto__=1', 'a.__proto__'],
    ['toString[eq]=1', 'toString[eq]'],
    ['orderBy=__proto__', 'orderBy'],
    ['status[__proto__]=1', 'status[__proto__]'],
    ['status[constructor]=1', 'status[constructor]'],
    ["a' OR 1=1--=x", "a' OR 1"],
    ['"a"=1', '"a"'],
    ['a[eq][eq]=1', 'a[eq][eq]'],
    ['=1', ''],
  ])('%s is refused, naming the parameter', (text, field) => {
    expect(() => query(text)).toThrow(
      expect.objectContaining({ code: 'invalid_query', status: 400, more: expect.objectContaining({ field }) }),
    )
  })

  it('takes only the fields that are offered, and not without end', () => {
    expect(query('status=a&$id=x', ['status']).where).toEqual({ status: { eq: 'a' }, $id: { eq: 'x' } })
    expect(() => query('total=1', ['status'])).toThrow('There are: status, $id, $createdAt, $updatedAt.')
    expect(() => query(Array.from({ length: 65 }, (_, index) => `f${index}=1`).join('&'))).toThrow('At most 64')
  })

  it('changes no prototype', () => {
    expect(() => query('__proto__[polluted]=1')).toThrow()
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('a merge patch', () => {
  // The examples of RFC 7396, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => expect(mergePatch(target, patch)).toEqual(result))

  it('treats __proto__ as a field', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"x":1}}')) as { x?: unknown }
    expect(merged.x).toBeUndefined()
    expect(Object.keys(merged as object)).toEqual(['__proto__'])
  })
})

describe('the page', () => {
  it('links URLs and lets nothing else be markup', () => {
    const html = page(
      '<b>',
      JSON.stringify({ a: 'https://a.example/x?b=1&c=2', b: '<script>', c: 'javascript:alert(1)', d: '"https://x" onclick="' }),
    )
    expect(html).toContain('<a href="https://a.example/x?b=1&amp;c=2">https://a.example/x?b=1&amp;c=2</a>')
    expect(html).not.toMatch(/<script|<b>|href="javascript|<a [^>]*onclick/)
  })
})
