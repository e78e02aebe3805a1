import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeskServer, startDesks } from '../test/harness.ts'

let desks: DeskServer
beforeAll(async () => {
  desks = await startDesks()
})
afterAll(() => desks.close())

const on =
  (desk: string) =>
  (method: string, ...args: unknown[]) =>
    desks.call(desk, 'orders', method, ...args)

describe('documents', () => {
  const orders = on('documents')

  it('are inserted once, read, changed and deleted', async () => {
    const made = await orders('insert', { status: 'new', note: 'ü' }, { id: 'a' })
    expect(made).toMatchObject({ status: 'new', note: 'ü', $id: 'a', $version: 1 })
    expect(made.$createdAt).toBe(made.$updatedAt)
    expect(await orders('insert', { status: 'again' }, { id: 'a' })).toMatchObject({
      code: 'already_exists',
      status: 409,
      field: 'id',
    })
    expect(await orders('update', 'a', { status: 'paid' })).toMatchObject({ status: 'paid', note: 'ü', $version: 2 })
    expect(await orders('upsert', 'a', { status: 'whole' })).toEqual({
      ...(await orders('get', 'a')),
      status: 'whole',
      $version: 3,
    })
    expect(await orders('get', 'a')).not.toHaveProperty('note')
    expect(await orders('delete', 'a')).toBe(true)
    expect(await orders('delete', 'a')).toBe(false)
    expect(await orders('get', 'a')).toBeNull()
    expect(await orders('update', 'a', { status: 'x' })).toMatchObject({ code: 'not_found', status: 404 })
  })

  it('get an id of their own where none is given', async () => {
    const [one, two] = [await orders('insert', {}), await orders('insert', {})]
    expect(one.$id).not.toBe(two.$id)
  })

  it('may be passed back as they came: what is ours is not stored twice', async () => {
    const made = await orders('insert', { status: 'back' }, { id: 'back' })
    expect(await orders('upsert', 'back', { ...made, status: 'changed' })).toMatchObject({ $version: 2, status: 'changed' })
    expect(await orders('get', 'back')).toMatchObject({ $version: 2 })
  })

  it('let only one of many writers with the same version through', async () => {
    await orders('insert', { total: 0 }, { id: 'race' })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => orders('update', 'race', { total: index }, { version: 1 })),
    )
    const won = answers.filter(({ $version }) => $version === 2)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ code, status }) => code === 'version_conflict' && status === 409)).toHaveLength(19)
    expect(await orders('get', 'race')).toMatchObject({ total: won[0].total, $version: 2 })
    expect(await orders('delete', 'race', { version: 1 })).toMatchObject({ code: 'version_conflict' })
    expect(await orders('delete', 'race', { version: 2 })).toBe(true)
  })

  it('hold a unique field, with an error that names it', async () => {
    await orders('insert', { customer: { email: 'a@example.com' } }, { id: 'u1' })
    const twice = { code: 'already_exists', field: 'customer.email' }
    expect(await orders('insert', { customer: { email: 'a@example.com' } }, { id: 'u2' })).toMatchObject(twice)
    await orders('insert', { customer: { email: 'b@example.com' } }, { id: 'u2' })
    expect(await orders('update', 'u2', { customer: { email: 'a@example.com' } })).toMatchObject(twice)
    expect(await orders('update', 'u1', { customer: { email: 'a@example.com' }, note: 'itself' })).toMatchObject({
      note: 'itself',
    })
  })
})

describe('list', () => {
  const orders = on('list')
  const statuses = ['new', 'paid', null, 'sent', undefined]

  beforeAll(async () => {
    // Numbers repeat and some fields are missing, so that paging has to tell equals apart.
    for (let index = 0; index < 40; index++) {
      const status = statuses[index % 5]
      const value = { total: index % 7, paid: index % 2 === 0, ...(status === undefined ? {} : { status }) }
      await orders('insert', value, { id: `o${String(index).padStart(2, '0')}` })
    }
  })

  const all = async (query: object) => {
    const seen: Record<string, unknown>[] = []
    let cursor: string | undefined
    do {
      const page = await orders('list', { limit: 6, ...query, ...(cursor === undefined ? {} : { cursor }) })
      expect(page.items.length).toBeGreaterThan(0)
      seen.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    return seen
  }

  it.each(['$id', 'total', 'status', 'paid', '$createdAt'])('pages by %s, both ways, each document once', async (orderBy) => {
    for (const descending of [false, true]) {
      const seen = await all({ orderBy, descending })
      expect(new Set(seen.map(({ $id }) => $id)).size).toBe(40)
      expect(seen).toHaveLength(40)
      const expected = seen.toSorted((a, b) => compare(a[orderBy], b[orderBy]) || compare(a.$id, b.$id))
      expect(seen.map(({ $id }) => $id)).toEqual((descending ? expected.toReversed() : expected).map(({ $id }) => $id))
    }
  })

  it('filters by equality, range, list, prefix, null and boolean', async () => {
    const ids = async (where: object) => (await all({ where })).map((order) => order)
    expect(await ids({ status: 'paid' })).toHaveLength(8)
    expect(await ids({ status: null })).toHaveLength(16)
    expect(await ids({ status: { in: ['paid', 'sent'] }, paid: true })).toHaveLength(8)
    expect(await ids({ status: { prefix: 'p' } })).toHaveLength(8)
    expect((await ids({ total: { gte: 2, lt: 4 } })).every(({ total }) => total === 2 || total === 3)).toBe(true)
    expect(await ids({ $id: { gt: 'o35' } })).toHaveLength(4)
    expect(await orders('count', { paid: false })).toBe(20)
    expect(await orders('count', { $createdAt: { gte: '2020-01-01T00:00:00Z' } })).toBe(40)
  })

  it('uses the index and reads no further than the page', async () => {
    expect(await desks.scenario('list', 'plan')).toEqual(expect.stringContaining('USING INDEX i_orders_status'))
  })

  it('refuses what is not indexed, and says what to declare', async () => {
    const refusal = {
      code: 'not_indexed',
      field: 'note',
      detail: expect.stringContaining("'status', 'total', 'paid', 'customer.email', 'note'"),
    }
    expect(await orders('list', { where: { note: 'x' } })).toMatchObject(refusal)
    expect(await orders('list', { orderBy: 'note' })).toMatchObject(refusal)
    expect(await orders('list', { where: { status: { like: 'x' } } })).toMatchObject({ code: 'invalid_where', field: 'status' })
  })

  it('refuses a cursor of another order', async () => {
    const { cursor } = await orders('list', { orderBy: 'total', limit: 1 })
    expect(await orders('list', { orderBy: 'status', cursor })).toMatchObject({ code: 'invalid_cursor', status: 400 })
    expect(await orders('list', { orderBy: 'total', descending: true, cursor })).toMatchObject({ code: 'invalid_cursor' })
  })

  it('of a collection that was never written is empty and writes nothing', async () => {
    expect(await desks.call('empty', 'orders', 'list')).toEqual({ items: [] })
    expect(await desks.call('empty', 'orders', 'count')).toBe(0)
    expect(await desks.scenario('empty', 'tables')).toEqual([])
  })
})

describe('a collection declared otherwise later', () => {
  it('indexes what is there, drops what is no longer declared, and validates by schema', async () => {
    expect(await desks.scenario('declared', 'declare otherwise')).toEqual({
      before: 'not_indexed',
      byNote: ['x'],
      byStatusNow: 'not_indexed',
      duplicates: 'already_exists',
      schema: { code: 'invalid_input', field: 'note', message: expect.stringContaining('Expected text') },
      kept: 3,
    })
  })

  it('takes over the documents of a table made by an earlier release', async () => {
    expect(await desks.scenario('earlier', 'a table of an earlier release')).toEqual({
      kept: [
        ['a', 3, '1970-01-01T00:00:02.000Z'],
        ['b', 3, '1970-01-01T00:00:02.000Z'],
      ],
      count: 3,
    })
  })

  it('refuses names and paths that cannot be written into SQL', async () => {
    expect(await desks.scenario('declared', 'bad names')).toEqual([
      'invalid_collection',
      'invalid_collection',
      'invalid_collection',
    ])
  })
})

/** As SQLite orders: nothing first, then numbers, then text by bytes. */
function compare(a: unknown, b: unknown): number {
  const rank = (value: unknown) => (value === undefined || value === null ? 0 : typeof value === 'string' ? 2 : 1)
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (rank(a) === 0) return 0
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}
