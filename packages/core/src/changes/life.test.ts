import { describe, expect, it } from 'vitest'
import { nodesForAll, order, until } from './test/harness.ts'

const nodes = nodesForAll()
const { child, look } = nodes
const applied = async (at: string): Promise<string[]> =>
  (await look(at, 'sql', "SELECT * FROM applied WHERE body <> 'null' ORDER BY id, epoch, sequence")).map(
    ({ body }: { body: string }) => String(JSON.parse(body).total ?? ''),
  )

describe('an object that is deleted', () => {
  it('goes when its parent has what it had to tell, not before', async () => {
    await nodes.run('/business/d1', 'create', {})
    await nodes.run('/business/d1', 'refusing', true)
    await child('/tenant/d1', '/business/d1')
    await nodes.run('/tenant/d1', 'write and remove', { a: order(1), b: order(2) })
    await until(
      () => look('/tenant/d1', 'sql', "SELECT attempts FROM do_jobs WHERE name = 'core.tree.delete'"),
      (found) => found[0]?.attempts > 1,
    )
    expect(await look('/tenant/d1', 'status')).toBe('deleting')
    await nodes.workerd().kill()
    await nodes.workerd().start()
    // The parent forgets with its life that it refuses.
    await nodes.gone('/tenant/d1')
    expect(await applied('/business/d1')).toEqual(['1', '2'])
    expect(await look('/business/d1', 'totals', nodes.url('/tenant/d1'))).toContainEqual({ name: 'orders', bucket: '', total: 2 })
  })

  it('goes as well when its parent is no object of this worker', async () => {
    await nodes.run('/tenant/d2', 'create', { context: 'https://elsewhere.test/business/1' })
    await nodes.run('/tenant/d2', 'write and remove', { a: order(1) })
    await nodes.gone('/tenant/d2')
  })

  it('sends its events before', async () => {
    await nodes.run('/business/d3', 'create', {})
    await child('/tenant/d3', '/business/d3')
    const words = Array.from({ length: 30 }, (_, index) => `word ${index}`)
    await nodes.run('/tenant/d3', 'tell and remove', words)
    await nodes.gone('/tenant/d3')
    // Taken in by the parent; its handlers follow in their own time.
    await until(
      () => look('/business/d3', 'sql', 'SELECT key FROM do_state'),
      (heard) => heard.length === words.length,
    )
  })

  it('may come again: it is another one, and is heard', async () => {
    await nodes.run('/business/d4', 'create', {})
    for (const total of [1, 10]) {
      await child('/tenant/d4', '/business/d4')
      await nodes.run('/tenant/d4', 'tell', `life ${total}`)
      await nodes.run('/tenant/d4', 'insert', ['a', order(total)])
      await nodes.run('/tenant/d4', 'insert', ['b', order(total)])
      await nodes.run('/tenant/d4', 'remove')
      await nodes.gone('/tenant/d4')
    }
    expect(await applied('/business/d4')).toHaveLength(4)
    expect(await look('/business/d4', 'totals')).toContainEqual({ name: 'orders', bucket: '', total: 4 })
    const heard = await until(
      () => look('/business/d4', 'sql', 'SELECT key FROM do_state ORDER BY key'),
      (found) => found.length === 2,
    )
    expect(heard.map(({ key }: { key: string }) => key)).toEqual(['heard:life 1', 'heard:life 10'])
  })
})

describe('a move', () => {
  it('there and back begins no epoch: nothing was taken back', async () => {
    await nodes.run('/business/m1', 'create', {})
    await nodes.run('/business/m2', 'create', {})
    await child('/tenant/m', '/business/m1')
    await nodes.run('/tenant/m', 'insert', ['a', order(1)])
    for (const [index, parent] of ['m1', 'm2', 'm1'].entries()) {
      if (index > 0) await nodes.run('/tenant/m', 'set context', nodes.url(`/business/${parent}`))
      await nodes.run('/tenant/m', 'insert', [`at ${index}`, order(1)])
      await until(
        () => look(`/business/${parent}`, 'totals'),
        (totals) => totals.some(({ name, total }: { name: string; total: number }) => name === 'orders' && total === index + 2),
      )
    }
    expect(await nodes.run('/tenant/m', 'epoch')).toBe(1)
  })
})

describe('a parent that was taken back to before its children', () => {
  it('gets the totals where the first changes are no longer kept', async () => {
    await nodes.run('/business/p', 'create', {})
    const backup = await nodes.run('/business/p', 'dump')
    await child('/tenant/p', '/business/p')
    for (const id of ['a', 'b', 'c']) await nodes.run('/tenant/p', 'insert', [id, order(1)])
    const orders = async () =>
      (await look('/business/p', 'totals')).find(({ name }: { name: string }) => name === 'orders')?.total
    await until(orders, (total) => total === 3)
    await nodes.run('/tenant/p', 'sql', 'DELETE FROM do_changes WHERE sequence < (SELECT max(sequence) FROM do_changes)')
    await nodes.run('/business/p', 'restore', backup)
    await nodes.run('/tenant/p', 'insert', ['d', order(1)])
    await until(orders, (total) => total === 4)
  })
})

describe('a suspended object', () => {
  it('begins no job and no action, also where some are under way', async () => {
    for (const kind of ['job', 'send'] as const) {
      const at = `/tenant/s-${kind}`
      await nodes.run(at, kind, ['hold'])
      const list = kind === 'job' ? 'jobs' : 'actions'
      await until(
        () => look(at, list),
        (found) => found.includes('hold running'),
      )
      await nodes.run(at, 'lifecycle', 'suspend')
      await look(at, kind, ['note', 'late'])
      await look(at, 'release')
      await until(
        () => look(at, list),
        (found) => !found.includes('hold running'),
      )
      expect(await look(at, 'ran')).toEqual([])
      await look(at, 'lifecycle', 'resume')
      await until(
        () => look(at, 'ran'),
        (ran) => ran.length === 1,
      )
    }
  })
})

describe('a full object', () => {
  it('can still be suspended and deleted, and ends what it has begun', async () => {
    await nodes.run('/small/f', 'send', ['hold'])
    await until(
      () => look('/small/f', 'actions'),
      ([state]) => state === 'hold running',
    )
    expect(await nodes.run('/small/f', 'fill')).toMatchObject({ code: 'storage_full' })
    expect(await nodes.run('/small/f', 'set', ['more', 'x'.repeat(9_000)])).toMatchObject({ code: 'storage_full' })
    await look('/small/f', 'release')
    await until(
      () => look('/small/f', 'actions'),
      ([state]) => state === 'hold completed',
    )
    await look('/small/f', 'lifecycle', 'suspend')
    expect(await look('/small/f', 'status')).toBe('suspended')
    await look('/small/f', 'remove')
    await nodes.gone('/small/f')
  })
})

describe('what is no longer needed', () => {
  it('is dropped also by an object that lives for some changes at a time', async () => {
    for (let life = 0; life < 3; life += 1) {
      await nodes.run('/short/lives', 'many', 200)
      await nodes.workerd().kill()
      await nodes.workerd().start()
    }
    const [{ n }] = await look('/short/lives', 'sql', 'SELECT count(*) AS n FROM do_changes')
    expect(n).toBeLessThan(300)
  })

  it('is forgotten after a cancellation too', async () => {
    const id = await nodes.run('/tenant/c', 'send', ['note', 'never', Date.now() + 3_600_000])
    expect(await nodes.run('/tenant/c', 'cancel', id)).toBe(true)
    expect(await look('/tenant/c', 'jobs')).toEqual(['core.actions.forget waiting'])
  })
})

describe('a reader who wants nothing of a long log', () => {
  it('does not hold up the object', async () => {
    const { key, turns } = await nodes.run('/tenant/hostile', 'a turn while nothing is found')
    expect(key).toBe('found')
    expect(turns).toBeGreaterThan(3)
  })
})

describe('an alarm', () => {
  it('begins nothing that the platform would end in the middle', async () => {
    const at = '/tenant/wall'
    await nodes.run(at, 'job', ['hold'])
    await until(
      () => look(at, 'jobs'),
      ([state]) => state === 'hold running',
    )
    await nodes.run(at, 'later', 530_000)
    await nodes.run(at, 'send', ['hold'])
    await until(
      () => look(at, 'actions'),
      ([state]) => state === 'hold running',
    )
    await nodes.run(at, 'later', 60_000)
    await nodes.run(at, 'send', ['note', 'too late'])
    expect(await look(at, 'ran')).toEqual([])
    await look(at, 'release')
    await until(
      () => look(at, 'jobs'),
      (jobs: string[]) => jobs.includes('core.actions waiting') && jobs.every((job) => job.endsWith(' waiting')),
    )
    expect(await look(at, 'actions')).toEqual(['note pending', 'hold completed'])
    // The platform's next one comes by its own clock.
    await look(at, 'alarm')
    expect(await look(at, 'ran')).toEqual(['too late'])
  })
})

describe('a run whose end could not be written down', () => {
  it('is found in the same life', async () => {
    await nodes.run('/tenant/u', 'write down nothing')
    await nodes.run('/tenant/u', 'send', ['note', 'word'])
    await until(
      () => look('/tenant/u', 'actions'),
      ([state]) => state === 'note completed',
    )
  })
})

describe('the platform’s deleteAll', () => {
  it('leaves an object that can begin anew in the same life', async () => {
    const keys = ['$id', 'after']
    expect(await nodes.run('/tenant/wiped', 'wipe')).toEqual({ exists: false, keys, version: 1 })
  })
})
