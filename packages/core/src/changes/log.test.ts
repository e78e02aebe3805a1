import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Nodes, startNodes } from './test/harness.ts'
import type { Change } from './types.ts'

let nodes: Nodes
beforeAll(async () => {
  nodes = await startNodes()
})
afterAll(() => nodes.close())

const changesOf = async (path: string, filter?: object): Promise<Change[]> =>
  (await nodes.run(path, 'read', { limit: 1_000, ...(filter === undefined ? {} : { filter }) })).changes

describe('what is captured', () => {
  it('is one event for each mutation, with before, after, what differs, when, and for whom', async () => {
    const at = '/tenant/captured'
    await nodes.run(at, 'batch and compare')
    await nodes.run(at, 'insert', ['o1', { total: 5, currency: 'EUR' }])
    await nodes.run(at, 'update', ['o1', { total: 7 }])
    await nodes.run(at, 'delete order', 'o1')
    const all = await changesOf(at)
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1))
    const state = all.filter(({ source }) => source === 'state')
    expect(state.map(({ operation, key, before, after, changed }) => [operation, key, before, after, changed])).toEqual([
      ['create', 'a', undefined, { x: 1, y: 1 }, ['x', 'y']],
      ['create', 'b', undefined, 1, []],
      ['delete', 'b', 1, undefined, []],
      ['update', 'a', { x: 1, y: 1 }, { x: 1, y: 2 }, ['y']],
    ])
    const orders = all.filter(({ source }) => source === 'collection:orders')
    expect(orders.map(({ operation, key }) => [operation, key])).toEqual([
      ['create', 'o1'],
      ['update', 'o1'],
      ['delete', 'o1'],
    ])
    expect(orders[1]).toMatchObject({ before: { total: 5 }, after: { total: 7 }, changed: ['total'] })
    for (const change of all) {
      expect(change).toMatchObject({ epoch: 1, requestId: 'request-1', principal: 'ada', object: nodes.url(at) })
      expect(Date.parse(change.at)).toBeGreaterThan(Date.now() - 60_000)
      expect(change.version).toBeGreaterThan(0)
    }
    expect(state[3]?.version).toBeGreaterThan(state[0]?.version as number)
  })

  it('is nothing of what was rolled back, in whole or in a part, and leaves no gap', async () => {
    await nodes.run('/tenant/rolled', 'rolled back')
    const all = await changesOf('/tenant/rolled')
    expect(all.filter(({ source }) => source === 'state').map(({ key }) => key)).toEqual(['outer', 'after'])
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1))
    const inside = await nodes.run('/tenant/savepoint', 'in one savepoint')
    expect(inside.map(([key]: [string]) => key)).toEqual(['second'])
  })

  it('has any source as it was told, be it no word', async () => {
    const sources = ["it's; -- not a word", 'collection:plain', "it's; -- not a word"]
    expect((await nodes.run('/business/odd', 'odd sources', sources)).filter((source: string) => source !== 'record')).toEqual(
      sources,
    )
  })

  it('keeps values that do not fit into one row together, and pages within memory', async () => {
    expect(await nodes.run('/business/large', 'large')).toEqual({
      row: expect.any(Number),
      letters: [
        ['u', 'a'],
        ['a', 'b'],
      ],
    })
    const [{ n }] = await nodes.run('/business/large', 'sql', 'SELECT max(length(before) + length(after)) AS n FROM do_changes')
    expect(n).toBeNull()
    const first = await nodes.run('/business/big', 'big pages')
    expect(first).toBeLessThan(6)
    expect(first).toBeGreaterThan(0)
  })

  it('can be left off', async () => {
    expect(await nodes.run('/quiet/a', 'nothing read')).toBe(0)
    expect(await nodes.run('/quiet/a', 'read', {})).toEqual({ changes: [], cursor: 'start', more: false })
  })

  it('survives a kill as far as it was acknowledged', async () => {
    await nodes.run('/tenant/killed', 'many', 50)
    await nodes.workerd.kill()
    await nodes.workerd.start()
    await nodes.run('/tenant/killed', 'set', ['next', 1])
    const all = await changesOf('/tenant/killed', { source: 'state' })
    expect(all).toHaveLength(51)
    expect(all[50]?.sequence).toBe((all[49]?.sequence as number) + 1)
  })
})

describe('reading', () => {
  it('filters by source, operation, key, changed fields and values', async () => {
    const at = '/tenant/filtered'
    await nodes.run(at, 'set', ['profile:a', { name: 'Ada', city: 'Bonn', age: 36 }])
    await nodes.run(at, 'set', ['profile:a', { name: 'Ada', city: 'Köln', age: 36 }])
    await nodes.run(at, 'set', ['other', { name: 'Bob', age: 20, deep: { tag: 'x-1' } }])
    await nodes.run(at, 'delete', 'other')
    const keys = async (filter: object) => (await changesOf(at, filter)).map(({ operation, key }) => `${operation} ${key}`)
    expect(await keys({ source: 'state', keyPrefix: 'profile:' })).toEqual(['create profile:a', 'update profile:a'])
    expect(await keys({ source: 'sta*', changed: ['city'] })).toEqual(['create profile:a', 'update profile:a'])
    expect(await keys({ operation: 'update', changed: ['name'] })).toEqual([])
    expect(await keys({ source: ['nothing', 'state'], operation: ['delete'] })).toEqual(['delete other'])
    expect(await keys({ where: { age: { gte: 30, lt: 40 }, city: 'Köln' } })).toEqual(['update profile:a'])
    expect(await keys({ where: { 'deep.tag': { prefix: 'x-' }, name: { in: ['Bob', 'Eve'] } } })).toEqual(['create other'])
    expect(await keys({ where: { name: { ne: 'Ada' } }, source: 'state' })).toEqual(['create other', 'delete other'])
  })

  it('refuses filters that make no sense, and says where', async () => {
    const bad: unknown[] = [
      { sources: 'state' },
      { source: [] },
      { source: 7 },
      { operation: 'upsert' },
      { changed: [{}] },
      { where: [] },
      { where: { a: { like: '%' } } },
      { where: { a: { gt: null } } },
      { where: { a: { constructor: 1 } } },
      { where: { 'a..b': 1 } },
      { where: { a: { in: Array.from({ length: 101 }, () => 1) } } },
      { keyPrefix: {} },
      'text',
    ]
    const answers = await nodes.run('/tenant/filters', 'bad filters', bad)
    expect(answers.map(({ code, field }: { code: string; field: string }) => [code, field])).toEqual(
      [
        'sources',
        'source',
        'source',
        'operation',
        'changed',
        'where',
        'where.a.like',
        'where.a.gt',
        'where.a.constructor',
        'where.a..b',
        'where.a.in',
        'keyPrefix',
        'filter',
      ].map((field) => [field.startsWith('where') ? 'invalid_where' : 'invalid_filter', field]),
    )
  })

  it('pages by cursor without gaps or repetitions, also where a filter finds nothing for long', async () => {
    const at = '/business/paged'
    await nodes.run(at, 'many', 6_000)
    await nodes.run(at, 'set', ['last', 1])
    const seen: string[] = []
    let cursor: string | undefined
    for (let more = true; more; ) {
      const page = await nodes.run(at, 'read', { limit: 1_000, ...(cursor === undefined ? {} : { after: cursor }) })
      seen.push(...page.changes.map(({ key }: Change) => key))
      cursor = page.cursor
      more = page.more
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.filter((key) => key.startsWith('many:'))).toHaveLength(6_000)
    const sparse = await nodes.run(at, 'read', { filter: { keyPrefix: 'last' } })
    expect(sparse).toMatchObject({ changes: [], more: true })
    expect((await nodes.run(at, 'read', { filter: { keyPrefix: 'last' }, after: sparse.cursor })).changes).toHaveLength(1)
  })

  it('takes only cursors of its own', async () => {
    const { cursor } = await nodes
      .run('/tenant/cursors', 'read', {})
      .then(() => nodes.run('/tenant/filtered', 'read', { limit: 1 }))
    const [epoch, sequence, signature] = cursor.split('.')
    const forged = [
      `${epoch}.zz.${signature}`,
      `2.${sequence}.${signature}`,
      `${epoch}.${sequence}.AAAAAAAAAAAAAAAA`,
      '1.1',
      '',
      'x'.repeat(5_000),
      7,
    ]
    for (const after of forged) {
      expect(await nodes.run('/tenant/filtered', 'read', { after })).toMatchObject({ code: 'invalid_cursor', field: 'cursor' })
    }
    expect(await nodes.run('/tenant/captured', 'read', { after: cursor })).toMatchObject({ code: 'invalid_cursor' })
    expect(await nodes.run('/tenant/filtered', 'epoch')).toBe(1)
    expect(await nodes.run('/tenant/filtered', 'read', { limit: 0 })).toMatchObject({ code: 'invalid_limit' })
  })

  it('ends while it waits, when its reader says so', async () => {
    expect(await nodes.run('/tenant/stopped', 'stop while following')).toEqual([true, true, true])
  })

  it('follows a slow consumer at its own pace, and ends when told', async () => {
    expect(await nodes.run('/tenant/follow', 'follow slowly')).toEqual({
      first: 'slow:0',
      last: 'slow:more',
      count: 251,
      done: true,
    })
  })

  it('calls a subscriber again only when it has answered', async () => {
    const { sizes, most } = await nodes.run('/tenant/subscribe', 'subscribe')
    expect(most).toBe(1)
    expect(sizes).toEqual([100, 100, 50])
  })
})

describe('retention', () => {
  it('keeps for a consumer what it has not acknowledged, and drops the rest', async () => {
    const at = '/short/consumed'
    const { changes } = await nodes.run(at, 'consume', ['lake', 'read'])
    expect(changes.map(({ source }: Change) => source)).toEqual(['record'])
    await nodes.run(at, 'many', 300)
    const page = await nodes.run(at, 'consume', ['lake', 'read'])
    expect(page.changes.length).toBeGreaterThanOrEqual(300)
    await nodes.run(at, 'consume', ['lake', 'acknowledge', page.cursor])
    // Acknowledging what lies behind takes nothing back.
    await nodes.run(at, 'consume', ['lake', 'acknowledge', page.changes[0].cursor])
    expect((await nodes.run(at, 'consume', ['lake', 'read'])).changes).toEqual([])
    await nodes.run(at, 'many', 260)
    const [{ n }] = await nodes.run(at, 'sql', 'SELECT count(*) AS n FROM do_changes')
    expect(n).toBeLessThan(550)
    expect((await nodes.run(at, 'consume', ['lake', 'read'])).changes).toHaveLength(260)
  })

  it('tells who fell too far behind what to do', async () => {
    const at = '/short/late'
    await nodes.run(at, 'set', ['first', 1])
    await nodes.run(at, 'consume', ['slow', 'read'])
    const { cursor } = await nodes.run(at, 'read', {})
    await nodes.run(at, 'many', 1_500)
    for (const answer of [await nodes.run(at, 'read', { after: cursor }), await nodes.run(at, 'consume', ['slow', 'read'])]) {
      expect(answer).toMatchObject({ code: 'cursor_expired', field: 'cursor', message: expect.stringContaining('"now"') })
    }
    await nodes.run(at, 'consume', ['slow', 'reset', 'now'])
    await nodes.run(at, 'set', ['fresh', 1])
    expect((await nodes.run(at, 'consume', ['slow', 'read'])).changes.map(({ key }: Change) => key)).toEqual(['fresh'])
    const following = await nodes.run('/short/following', 'lag while following')
    expect(following).toMatchObject({ first: 'first', error: { code: 'cursor_expired' } })
  })

  it('drops what is too old', async () => {
    const at = '/short/old'
    await nodes.run(at, 'consume', ['any', 'read'])
    await nodes.run(at, 'many', 100)
    await nodes.run(at, 'later', 120_000)
    await nodes.run(at, 'many', 300)
    const [{ oldest }] = await nodes.run(at, 'sql', 'SELECT min(sequence) AS oldest FROM do_changes')
    expect(oldest).toBeGreaterThan(100)
    // Not even an empty object gives a number twice.
    await nodes.run(at, 'later', 120_000)
    await nodes.run(at, 'many', 600)
    const numbers = await nodes.run(at, 'sql', 'SELECT sequence FROM do_changes ORDER BY sequence')
    expect(numbers.at(-1).sequence).toBeGreaterThanOrEqual(1_000)
  })
})
