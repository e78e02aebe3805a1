import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Neighbours, startNeighbours } from '../context/test/harness.ts'
import { until } from '../test/harness.ts'

let there: Neighbours
beforeAll(async () => {
  there = await startNeighbours()
})
afterAll(() => there.close())

/** Asks a folder to do something: the answer, or the error with its fields. */
async function ask(folder: string, what: string, ...args: unknown[]): Promise<any> {
  const { body } = await there.request(`/folder/${folder}/do/${what}?args=${encodeURIComponent(JSON.stringify(args))}`)
  const { result = body } = body
  return Object.hasOwn(result, 'answer') ? result.answer : result
}
const id = (folder: string) => `http://localhost/folder/${folder}`
const children = async (folder: string): Promise<string[]> =>
  (await ask(folder, 'children')).items.map((child: { name: string; state: string }) => `${child.name} ${child.state}`)
const exists = async (folder: string): Promise<boolean> => (await ask(folder, 'record')).exists

describe('children', () => {
  it('are kept on both sides, over SIGKILL', async () => {
    expect(await ask('home', 'put', 'inbox')).toBe(id('home'))
    expect(await ask('home', 'put', 'inbox')).toBe(id('home'))
    await there.workerd.kill()
    await there.workerd.start()
    expect(await children('home')).toEqual(['inbox linked'])
    expect((await ask('inbox', 'record')).$context).toBe(id('home'))
    expect(await ask('home', 'jobs')).toEqual([])
    expect(await ask('inbox', 'parent')).toEqual({ $id: id('home'), $type: 'Folder', $context: null, status: 'active', depth: 1 })
  })

  it('are listed by type, in pages', async () => {
    for (const name of ['c', 'a', 'b']) await ask('pages', 'put', name)
    await ask('pages', 'adoptOnly', 'ada', 'Customer')
    const first = await ask('pages', 'children', { type: 'Folder', limit: 2 })
    expect(first.items.map((child: { name: string }) => child.name)).toEqual(['a', 'b'])
    const second = await ask('pages', 'children', { type: 'Folder', limit: 2, cursor: first.cursor })
    expect(second).toMatchObject({ items: [{ name: 'c', type: 'Folder', url: id('c'), state: 'linked' }] })
    expect(second.cursor).toBeUndefined()
    expect((await ask('pages', 'children')).items).toHaveLength(4)
    expect(await ask('pages', 'children', { cursor: 'forged' })).toMatchObject({ code: 'invalid_cursor' })
  })

  it('have one parent only, and no ring above them', async () => {
    await ask('owner', 'put', 'owned')
    expect(await ask('thief', 'put', 'owned')).toMatchObject({ code: 'has_other_parent', effect: 'none' })
    expect(await children('thief')).toEqual([])
    await ask('owned', 'put', 'grandchild')
    expect(await ask('grandchild', 'put', 'owner')).toMatchObject({ code: 'cycle', effect: 'none' })
    expect(await ask('owned', 'put', 'owner')).toMatchObject({ code: 'cycle' })
    expect(await ask('owner', 'put', 'owner')).toMatchObject({ code: 'cycle' })
    expect((await ask('owner', 'record')).$context).toBeNull()
    expect(await children('grandchild')).toEqual([])
    expect(await ask('owner', 'adoptOnly', 'x', 'Nothing')).toMatchObject({ code: 'unknown_object' })
  })

  it('close no ring even when all of it is closed at once', async () => {
    const names = ['r1', 'r2', 'r3', 'r4']
    for (const name of names) await ask(name, 'put', `${name}-leaf`)
    await Promise.all(names.map((name, index) => ask(name, 'put', names[(index + 1) % 4] as string)))
    const contexts = await Promise.all(names.map(async (name) => (await ask(name, 'record')).$context))
    expect(contexts.filter((context) => context !== null).length).toBeLessThan(4)
    for (const name of names) expect(Array.isArray(await ask(name, 'ancestors'))).toBe(true)
    for (const [index, name] of names.entries()) {
      const child = names[(index + 1) % 4] as string
      const known = (await children(name)).includes(`${child} linked`)
      expect(known, `${name} > ${child}`).toBe((await ask(child, 'record')).$context === id(name))
    }
  })

  it('that were half linked when the machine died are linked afterwards, by a job', async () => {
    await ask('cut', 'stall')
    const asked = ask('cut', 'put', 'half').catch(() => 'cut off')
    await until(
      () => children('cut'),
      (names) => names.includes('half linking'),
    )
    await there.workerd.kill()
    expect(await asked).toBe('cut off')
    await there.workerd.start()
    expect((await ask('half', 'record')).exists).toBe(false)
    await until(
      () => children('cut'),
      (names) => names.includes('half linked'),
      9_000,
    )
    expect((await ask('half', 'record')).$context).toBe(id('cut'))
    expect(await ask('cut', 'jobs')).toEqual([])
  })

  it('also come by $create and go by $setContext, told by a job', async () => {
    await ask('mover', 'create', id('from'))
    await until(
      () => children('from'),
      (names) => names.includes('mover linked'),
    )
    await ask('mover', 'move', id('to'))
    await until(
      () => children('to'),
      (names) => names.includes('mover linked'),
    )
    await until(
      () => children('from'),
      (names) => names.length === 0,
    )
    await ask('to', 'move', id('mover'))
    await until(
      () => ask('to', 'record'),
      ({ $context }) => $context === null,
    )
    expect(await children('mover')).toEqual([])
    await ask('mover', 'move', 'https://elsewhere.example/t/acme')
    await until(
      () => children('to'),
      (names) => names.length === 0,
    )
    expect(await ask('mover', 'ancestors')).toEqual([])
  })
})

describe('walking', () => {
  it('goes up to the root and down in pages, parents before children', async () => {
    for (const [parent, child] of [
      ['w', 'w1'],
      ['w', 'w2'],
      ['w1', 'w1a'],
      ['w1', 'w1b'],
      ['w1a', 'w1a1'],
      ['w2', 'w2a'],
    ] as const) {
      await ask(parent, 'put', child)
    }
    expect((await ask('w1a1', 'ancestors')).map((node: { $id: string }) => node.$id)).toEqual([id('w1a'), id('w1'), id('w')])
    const names: string[] = []
    let cursor: string | undefined
    do {
      const page = await ask('w', 'descendants', { limit: 2, ...(cursor === undefined ? {} : { cursor }) })
      names.push(...page.items.map((node: { $id: string; depth: number }) => `${node.$id.slice(id('').length)} ${node.depth}`))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(names).toEqual(['w1 1', 'w1a 2', 'w1a1 3', 'w1b 2', 'w2 1', 'w2a 2'])
    expect((await ask('w', 'descendants', { depth: 1 })).items).toHaveLength(2)
    expect(await ask('w', 'descendants', { depth: 17 })).toMatchObject({ code: 'invalid_depth' })
    expect(await ask('w', 'descendants', { cursor: 'AAAA' })).toMatchObject({ code: 'invalid_cursor' })
  })
})

describe('a suspended object', () => {
  it('refuses writes by RPC and HTTP, answers reads, and rests its jobs until it resumes', async () => {
    await ask('boss', 'put', 'sleeper')
    await ask('boss', 'suspendChild', 'sleeper')
    expect(await ask('boss', 'put', 'sleeper')).toMatchObject({ code: 'suspended', effect: 'none', fault: 'policy' })
    expect(await ask('boss', 'child', 'sleeper')).toMatchObject({ value: 'by its parent', context: id('boss') })
    expect(await there.request('/folder/sleeper/put', { method: 'POST' })).toMatchObject({
      status: 422,
      body: { code: 'suspended' },
    })
    expect(await ask('sleeper', 'put', 'new-child')).toMatchObject({ code: 'suspended' })
    await ask('sleeper', 'tick')
    await there.workerd.kill()
    await there.workerd.start()
    expect(await ask('boss', 'statusOf', 'sleeper')).toBe('suspended')
    expect(await ask('sleeper', 'jobs')).toMatchObject([{ name: 'tick', state: 'waiting', attempts: 0 }])
    await ask('sleeper', 'resume')
    await until(
      () => ask('boss', 'child', 'sleeper'),
      ({ ticks }) => ticks === 1,
    )
    expect(await ask('boss', 'put', 'sleeper')).toBe(id('boss'))
  })
})

describe('deleting', () => {
  it('is refused while there are children, unless that is confirmed', async () => {
    await ask('full', 'put', 'full-1')
    expect(await ask('full', 'delete')).toMatchObject({ code: 'has_children', effect: 'none' })
    expect(await ask('full', 'status')).toBe('active')
  })

  it('takes everything below first, and leaves nothing: not on the parent’s list, not on disk', async () => {
    await ask('top', 'put', 'del')
    for (const [parent, child] of [
      ['del', 'del-1'],
      ['del', 'del-2'],
      ['del-1', 'del-1a'],
      ['del-1a', 'del-1a1'],
    ] as const) {
      await ask(parent, 'put', child)
    }
    await ask('del', 'delete', { children: 'delete' })
    await until(
      () => children('top'),
      (names) => names.length === 0,
    )
    for (const name of ['del', 'del-1', 'del-2', 'del-1a', 'del-1a1']) {
      expect(
        await until(
          () => exists(name),
          (there) => !there,
        ),
        name,
      ).toBe(false)
      // That it was there is all that is left of it.
      expect(await ask(name, 'tables'), name).toEqual([{ name: 'do_life' }])
      expect(await ask(name, 'status'), name).toBe('deleted')
    }
    expect(await exists('top')).toBe(true)
    expect(await ask('top', 'put', 'del')).toBe(id('top'))
  })

  it('goes on where it was when the machine dies in the middle, any number of times', async () => {
    const names = [
      'k',
      ...Array.from({ length: 8 }, (_, index) => `k-${index}`),
      ...Array.from({ length: 8 }, (_, index) => `k-${index}-x`),
    ]
    for (let index = 0; index < 8; index += 1) {
      await ask('k', 'put', `k-${index}`)
      await ask(`k-${index}`, 'put', `k-${index}-x`)
    }
    await ask('root', 'put', 'k')
    await ask('k', 'delete', { children: 'delete' })
    for (let round = 0; round < 3; round += 1) {
      await there.workerd.kill()
      await there.workerd.start()
      if ((await ask('k', 'status')) === 'deleted') break
    }
    await until(
      () => children('root'),
      (left) => left.length === 0,
      12_000,
    )
    for (const name of names)
      expect(
        await until(
          () => exists(name),
          (there) => !there,
        ),
        name,
      ).toBe(false)
  })

  it('refuses everything but reads meanwhile, and cannot be taken back', async () => {
    await ask('slowly', 'put', 'slowly-1')
    await ask('slowly', 'stall')
    await ask('slowly', 'delete', { children: 'delete' })
    expect(await there.request('/folder/slowly/put', { method: 'POST' })).toMatchObject({
      status: 422,
      body: { code: 'deleting' },
    })
    for (const what of ['resume', 'suspend'])
      expect(await ask('slowly', what)).toMatchObject({ code: 'deleting', effect: 'none' })
    expect(await ask('slowly', 'put', 'another')).toMatchObject({ code: 'deleting', effect: 'none' })
    expect(await ask('slowly', 'status')).toBe('deleting')
    expect(await children('slowly')).toEqual(['slowly-1 linked'])
    await there.workerd.kill()
    await there.workerd.start()
    for (const name of ['slowly', 'slowly-1'])
      expect(
        await until(
          () => exists(name),
          (left) => !left,
        ),
      ).toBe(false)
  })
})
