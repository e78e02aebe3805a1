import { describe, expect, it } from 'vitest'
import { nodesForAll, order, until } from './test/harness.ts'

const nodes = nodesForAll()
const { child, look } = nodes
const keys = async (at: string): Promise<string[]> =>
  (await look(at, 'read', { limit: 1_000, filter: { source: 'collection:orders' } })).changes.map(
    ({ key }: { key: string }) => key,
  )
const has = (at: string, count: number) =>
  until(
    () => keys(at),
    ({ length }) => length === count,
  )
const remove = async (at: string) => {
  await nodes.run(at, 'remove')
  await nodes.gone(at)
}
const answer = { code: 'gone', status: 410 }

describe('what is written while an object is deleted', () => {
  it('is with its parent, or is refused: after the last batch nothing may be written', async () => {
    await nodes.run('/business/w1', 'create', {})
    await child('/tenant/w1', '/business/w1')
    await nodes.run('/business/w1', 'hold door', 'core.tree.gone')
    await nodes.run('/tenant/w1', 'write and remove', { early: order(1) })
    await until(
      () => keys('/business/w1'),
      (found) => found.includes('early'),
    )
    // It has said good-bye to its parent, and waits to be taken off the list.
    const held = () => look('/business/w1', 'sql', "SELECT mark FROM do_inbox WHERE mark = 'gone'")
    await until(held, ({ length }) => length === 1)
    expect(await look('/tenant/w1', 'insert', ['late', order(2)])).toMatchObject({ code: 'deleting' })
    expect(await look('/tenant/w1', 'set', ['late', 2])).toMatchObject({ code: 'deleting' })
    expect(await look('/tenant/w1', 'status')).toBe('deleting')
    // Over a kill as well: neither the child nor the parent remembers anything of it in memory.
    await nodes.workerd().kill()
    await nodes.workerd().start()
    await nodes.run('/business/w1', 'hold door', 'core.tree.gone')
    if (await look('/tenant/w1', 'exists')) {
      expect(await look('/tenant/w1', 'insert', ['later', order(2)])).toMatchObject({ code: 'deleting' })
    }
    await look('/business/w1', 'release')
    await nodes.gone('/tenant/w1')
    expect(await keys('/business/w1')).toEqual(['early'])
  })

  it('by a job that never stops reaches the top, each change that was acknowledged', async () => {
    await nodes.run('/business/w2', 'create', {})
    await child('/saas/w2', '/business/w2')
    await child('/tenant/w2', '/saas/w2')
    await nodes.run('/tenant/w2', 'job', ['busy'])
    await until(
      () => look('/business/w2', 'acknowledged', 'w2'),
      ({ length }) => length > 20,
    )
    await nodes.run('/tenant/w2', 'remove')
    await nodes.gone('/tenant/w2')
    const written: string[] = await look('/business/w2', 'acknowledged', 'w2')
    const there = await until(
      () => keys('/business/w2'),
      ({ length }) => length >= written.length,
    )
    expect(there).toEqual(written)
  })

  it('is refused afterwards also by an object that captures no changes', async () => {
    await nodes.run('/business/w3', 'create', {})
    await child('/quiet/w3', '/business/w3')
    await until(
      () => look('/business/w3', 'children'),
      (names) => names.includes('w3 linked'),
    )
    await nodes.run('/business/w3', 'hold door', 'core.tree.gone')
    await nodes.run('/quiet/w3', 'remove')
    await until(
      () => look('/quiet/w3', 'set', ['late', 1]),
      (said) => said?.code === 'deleting',
    )
    await look('/business/w3', 'release')
    await nodes.gone('/quiet/w3')
  })
})

describe('a deleted object', () => {
  it('stays deleted: what others send or write makes it no more, and the answer is typed', async () => {
    await nodes.run('/tenant/g1', 'set', ['a', 1])
    await remove('/tenant/g1')
    await nodes.workerd().kill()
    await nodes.workerd().start()
    expect(await look('/tenant/g1', 'status')).toBe('deleted')
    expect(await nodes.run('/tenant/g1', 'set', ['b', 1])).toMatchObject(answer)
    expect(await nodes.run('/tenant/g1', 'insert', ['b', order(1)])).toMatchObject(answer)
    expect(await nodes.run('/tenant/g1', 'job', ['note'])).toMatchObject(answer)
    expect(await nodes.run('/tenant/g1', 'send', ['note'])).toMatchObject(answer)
    expect(await nodes.run('/tenant/g1', 'set context', nodes.url('/business/g1'))).toMatchObject(answer)
    expect(await nodes.run('/tenant/g1', 'lifecycle', 'suspend')).toMatchObject(answer)
    // Whoever wants it gone has what he wants.
    expect(await nodes.run('/tenant/g1', 'remove')).toBeNull()
    expect(await look('/tenant/g1', 'exists')).toBe(false)
    expect(await look('/tenant/g1', 'jobs')).toEqual([])
    expect(await look('/tenant/g1', 'read', {})).toMatchObject({ changes: [] })
  })

  it('gets no event: the sender notes that it is gone, and goes on with what is for others', async () => {
    await nodes.run('/tenant/g2', 'set', ['a', 1])
    await remove('/tenant/g2')
    for (const [word, to] of [
      ['one', '/tenant/g2'],
      ['two', '/tenant/g2'],
      ['three', '/business/g2-other'],
    ] as const) {
      await nodes.run('/business/g2', 'emit to', [word, nodes.url(to)])
    }
    await until(
      () => look('/business/g2-other', 'exists'),
      (exists) => exists === true,
    )
    const dead = await until(
      () => look('/business/g2', 'dead'),
      ({ length }) => length === 2,
    )
    expect(dead).toEqual([
      ['core.events.send', 'gone', 1],
      ['core.events.send', 'gone', 1],
    ])
    expect(await look('/tenant/g2', 'exists')).toBe(false)
    expect(await look('/business/g2', 'jobs')).not.toContain('core.actions waiting')
  })

  it('gets no change: its former child stands alone, says so, and has nothing left to send', async () => {
    await nodes.run('/saas/g3', 'set', ['a', 1])
    await child('/tenant/g3', '/saas/g3')
    await nodes.run('/tenant/g3', 'insert', ['a', order(1)])
    await has('/saas/g3', 1)
    // As after a restore of the parent: it does not know of this child.
    await nodes.run('/saas/g3', 'sql', 'DELETE FROM do_children')
    await remove('/saas/g3')
    await nodes.run('/tenant/g3', 'insert', ['b', order(1)])
    await until(
      () => look('/tenant/g3', 'record'),
      ({ $context }) => $context === null,
    )
    await until(
      () => look('/tenant/g3', 'jobs'),
      ({ length }) => length === 0,
    )
    const told = (await look('/tenant/g3', 'read', { filter: { source: 'record', operation: 'update' } })).changes
    expect(told.at(-1)).toMatchObject({ key: '$context', before: nodes.url('/saas/g3'), after: null })
    expect(await look('/saas/g3', 'exists')).toBe(false)
    // It can join another one, which gets all of it.
    await nodes.run('/business/g3', 'create', {})
    await nodes.run('/tenant/g3', 'set context', nodes.url('/business/g3'))
    await has('/business/g3', 2)
  })

  it('is no parent for a new object, nor one that its children could leave', async () => {
    await nodes.run('/saas/g4', 'set', ['a', 1])
    await nodes.run('/business/g4', 'create', {})
    await child('/tenant/g4-old', '/saas/g4')
    await nodes.run('/tenant/g4-old', 'insert', ['a', order(1)])
    await has('/saas/g4', 1)
    await nodes.run('/saas/g4', 'sql', 'DELETE FROM do_children')
    await remove('/saas/g4')
    await child('/tenant/g4', '/saas/g4')
    await until(
      () => look('/tenant/g4', 'record'),
      ({ $context }) => $context === null,
    )
    await nodes.run('/tenant/g4-old', 'set context', nodes.url('/business/g4'))
    await has('/business/g4', 1)
    await until(
      () => look('/tenant/g4-old', 'jobs'),
      ({ length }) => length === 0,
    )
    expect(await look('/saas/g4', 'exists')).toBe(false)
  })

  it('can be made anew by whoever says so, with another epoch: its parent counts both lives', async () => {
    await nodes.run('/business/g5', 'create', {})
    await Promise.all(
      (['create', 'adopt'] as const).map(async (how) => {
        const at = `/tenant/${how}`
        await child(at, '/business/g5')
        await nodes.run(at, 'insert', [`${how} 1`, order(1)])
        await remove(at)
        if (how === 'create') await child(at, '/business/g5')
        else await nodes.run('/business/g5', 'create as child', how)
        expect(await nodes.run(at, 'epoch')).toBe(2)
        expect(await look(at, 'record')).toMatchObject({ $context: nodes.url('/business/g5') })
        expect(await look(at, 'status')).toBe('active')
        await nodes.run(at, 'insert', [`${how} 2`, order(1)])
      }),
    )
    const counted = await has('/business/g5', 4)
    expect(counted.toSorted()).toEqual(['adopt 1', 'adopt 2', 'create 1', 'create 2'])
    expect(await look('/business/g5', 'totals')).toContainEqual({ name: 'orders', bucket: '', total: 4 })
  })

  it('is not made by halves: where its making is rolled back it stays deleted', async () => {
    await nodes.run('/tenant/g6', 'set', ['a', 1])
    await remove('/tenant/g6')
    expect(await nodes.run('/tenant/g6', 'create and fail')).toMatchObject({ error: 'RangeError' })
    expect(await look('/tenant/g6', 'status')).toBe('deleted')
    expect(await nodes.run('/tenant/g6', 'set', ['b', 1])).toMatchObject(answer)
  })
})
