import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StageServer, startStage } from './test/harness.ts'

let stage: StageServer
beforeAll(async () => {
  stage = await startStage(new URL('./test/worker.ts', import.meta.url))
})
afterAll(() => stage.close())

describe('list and count', () => {
  it.each([1, 2, 3, 4])('answer 1,000 random queries as a plain list in memory would, page by page (seed %i)', async (seed) => {
    const { wrong, differing, pages, found } = await stage.play(`random-${seed}`, 'random queries', { seed, queries: 1_000 })
    expect({ wrong, differing }).toEqual({ wrong: [], differing: 0 })
    // It would prove nothing if nothing was found.
    expect(pages).toBeGreaterThan(2_000)
    expect(found).toBeGreaterThan(10_000)
  })

  it('read a piece of the index, the next page too', async () => {
    const plans = await stage.play('plans', 'plans')
    expect(plans).toEqual({
      equal: ['SEARCH c_orders USING INDEX i_orders_status (status=?)'],
      range: ['SEARCH c_orders USING INDEX i_orders_total (total>?)'],
      compound: ['SEARCH c_orders USING INDEX i_orders_status+-total (status=?)'],
      compoundNext: [
        'SEARCH c_orders USING INDEX i_orders_status+-total (status=? AND total=? AND id<?)',
        'SEARCH c_orders USING INDEX i_orders_status+-total (status=? AND total<?)',
      ],
      next: ['SEARCH c_orders USING INDEX i_orders_total (total=? AND id<?)'],
      count: [expect.stringContaining('SEARCH c_orders USING INDEX i_orders_status')],
      times: ['SCAN c_orders USING INDEX i_orders_$createdAt'],
      unique: ['SEARCH c_orders USING INDEX i_orders_customer.email (customer.email=?)'],
    })
  })

  it('give parts of documents', async () => {
    const { one, deep, both, none, wrong, proto } = await stage.play('select', 'select')
    const facts = { $id: 'a', $version: 1, $createdAt: one.$createdAt, $updatedAt: one.$updatedAt }
    expect(one).toEqual({ status: 'new', ...facts })
    expect(deep).toEqual({ customer: { email: 'a@example.com' }, total: 3, ...facts })
    expect(both).toEqual({ customer: { email: 'a@example.com', name: 'Ada' }, ...facts })
    expect(none).toEqual(facts)
    expect(wrong).toMatchObject({ code: 'invalid_select' })
    expect(proto).toEqual({ result: facts })
  })
})

describe('hostile input', () => {
  it('in filters does nothing but not to be found, or is refused by name', async () => {
    const sql = `x' OR '1'='1`
    const { answers, tables, polluted } = await stage.play('hostile', 'hostile filters', [
      { status: sql },
      { status: { in: [sql, '"); DROP TABLE c_orders; --'] } },
      { note: { contains: "'); DROP TABLE c_orders;--" } },
      { note: { prefix: '%' } },
      { 'status" = 1 OR "status': 'x' },
      { 'status; DROP TABLE c_orders': 1 },
      { constructor: 1 },
      JSON.parse('{"__proto__": {"status": "kept"}}'),
      { toString: { eq: 1 } },
      { status: { constructor: 'x' } },
      { status: { '= 1 OR 1': 1 } },
      { status: { eq: { $gt: '' } } },
      { status: [1] },
      { $where: 'this.status' },
      { $or: { status: 'kept' } },
      { $or: ['kept'] },
      { $id: { gt: 1 } },
      { $createdAt: { gt: '1 OR 1' } },
      { status: { in: 'kept' } },
      { status: { exists: 'yes' } },
      'status',
      [{ status: 'kept' }],
      null,
    ])
    const nothing = { result: [] }
    const refused = (code: string) => expect.objectContaining({ code })
    expect(answers).toEqual([
      ...[nothing, nothing, { result: ['a'] }, nothing],
      ...Array.from({ length: 5 }, () => refused('not_indexed')),
      ...Array.from({ length: 4 }, () => refused('invalid_where')),
      refused('not_indexed'),
      ...Array.from({ length: 9 }, () => refused('invalid_where')),
    ])
    expect({ tables, polluted }).toEqual({ tables: 1, polluted: null })
  })

  it('in orders, limits and cursors is refused', async () => {
    const forged = (mark: unknown) => Buffer.from(encodeURIComponent(JSON.stringify(mark))).toString('base64url')
    const answers = await stage.play('orders', 'hostile orders', [
      { orderBy: 'status; DROP TABLE c_orders' },
      { orderBy: ['status', 'constructor'] },
      { orderBy: [] },
      { orderBy: { status: 1 } },
      { orderBy: ['status', 'total', 'note', 'tags', '$id'] },
      { limit: 0 },
      { limit: 1e9 },
      { limit: '1; DROP TABLE c_orders' },
      { cursor: 'x' },
      { cursor: forged(['id ASC; DROP TABLE c_orders', 'a']) },
      { cursor: forged(['id ASC', { a: 1 }]) },
      { cursor: forged(['id ASC', null]) },
      { cursor: forged(['id ASC', 'a', 'b']) },
      { cursor: forged(['id ASC', 'a']) },
    ])
    const codes = answers.map(({ code, result }: { code?: string; result?: unknown }) => code ?? result)
    expect(codes).toEqual([
      ...['not_indexed', 'not_indexed', 'invalid_order', 'invalid_order', 'invalid_order'],
      ...['invalid_limit', 'invalid_limit', 'invalid_limit'],
      ...['invalid_cursor', 'invalid_cursor', 'invalid_cursor', 'invalid_cursor', 'invalid_cursor', []],
    ])
  })

  it('too deep, too large or too many is refused with nothing stored', async () => {
    expect(await stage.play('bombs', 'bombs')).toEqual({
      deep: 'invalid_value',
      deepList: 'invalid_value',
      atLimit: 'done',
      above: 'invalid_value',
      wide: 'done',
      large: 'too_large',
      largeUpdate: 'too_large',
      whereDeep: 'invalid_where',
      whereAtLimit: 'done',
      whereWide: 'invalid_where',
      whereAll: 'done',
      inMany: 'done',
      prefixes: 'done',
      prefixesTooMany: 'done',
      prefixesAlone: 'invalid_where',
      inTooMany: 'invalid_where',
      longText: 'done',
      updated: 1,
      stored: 2,
    })
  })

  it('named as a prototype stays data', async () => {
    const { text, polluted } = await stage.play('proto', 'proto')
    expect(text).toContain('"__proto__":{"admin":2}')
    expect(polluted).toBeNull()
  })

  it('as a declaration is refused', async () => {
    const answers = await stage.play('declared', 'declared')
    const codes = answers.map(({ code }: { code?: string }) => code)
    expect(codes).toEqual([...Array.from({ length: 4 }, () => 'invalid_collection'), undefined])
  })
})

describe('changes', () => {
  it('are told once each, in their transaction, with the texts before and after', async () => {
    const text = (status: string) => JSON.stringify({ status })
    const source = 'collection:orders'
    expect(await stage.play('told', 'told')).toEqual([
      { source, operation: 'create', key: 'a', after: text('new') },
      { source, operation: 'update', key: 'a', before: text('new'), after: text('paid') },
      { source, operation: 'update', key: 'a', before: text('paid'), after: text('sent') },
      { source, operation: 'create', key: 'b', after: text('new') },
      { source, operation: 'delete', key: 'a', before: text('sent') },
      { source, operation: 'create', key: 'a', after: text('sent') },
      { source, operation: 'delete', key: 'b', before: text('new') },
    ])
  })

  it('of one version: one of twenty wins', async () => {
    const answers: { code?: string; result?: unknown }[] = await stage.play('race', 'race')
    expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(1)
    expect(answers.filter(({ code }) => code === 'version_conflict')).toHaveLength(19)
  })
})

describe('soft delete', () => {
  it('hides, gives its unique values free, brings back, and purges by age', async () => {
    const { hidden, taken, back, purged, left, dead } = await stage.play('soft', 'soft delete')
    expect(hidden).toMatchObject({
      get: null,
      list: ['b'],
      count: 1,
      update: { code: 'not_found' },
      insert: { code: 'already_exists', message: expect.stringContaining('restore') },
      again: false,
      marked: [{ $id: 'a', status: 'new', $version: 2, $deletedAt: '2026-11-21T10:00:00.000Z' }],
    })
    expect(taken).toMatchObject({ code: 'already_exists', field: 'customer.email' })
    expect(back).toMatchObject({ restored: true, twice: false, item: { $id: 'a', $version: 3 } })
    expect(back.item).not.toHaveProperty('$deletedAt')
    expect({ purged, left, dead }).toEqual({ purged: [1, 0, 1, 0], left: ['a'], dead: [] })
  })

  it('keeps hidden what is marked when a later declaration deletes for good', async () => {
    expect(await stage.play('later', 'soft delete no longer')).toEqual({ listed: ['h'], marked: ['m'], restored: true })
  })
})

it('A compound index declared later serves what is there', async () => {
  expect(await stage.play('compound', 'compound declared later')).toEqual({
    plan: ['SEARCH c_later USING INDEX i_later_status+-total (status=?)'],
    totals: [7, 5, 3, 1],
  })
})

it('Fields may have the names of our own columns; those that differ in case only are refused', async () => {
  expect(await stage.play('names', 'names')).toEqual({
    found: ['b', 'a'],
    mark: ['b', 'a'],
    unique: expect.objectContaining({ code: 'already_exists', field: 'id' }),
    twice: expect.objectContaining({ code: 'invalid_collection' }),
  })
})

describe('names', () => {
  it('of one collection never meet those of another', async () => {
    const met = await stage.play('names', 'names that meet')
    expect(met).toMatchObject({
      first: 1,
      second: 1,
      otherCase: { code: 'invalid_collection' },
      otherCaseRead: 0,
      kept: 1,
    })
  })
})

describe('a page', () => {
  it('ends early rather than be larger than it may', async () => {
    const { sizes, ids, one, all } = await stage.play('pages', 'pages')
    expect(sizes).toEqual([3, 3, 3, 1])
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => `o${index}`))
    expect([one, all]).toEqual([1, 10])
  })
})
