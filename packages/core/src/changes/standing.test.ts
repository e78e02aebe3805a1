import { describe, expect, it } from 'vitest'
import { chooser, seeded } from '../collection/test/random.ts'
import { nodesForAll } from './test/harness.ts'
import type { Step } from './test/walk.ts'

const nodes = nodesForAll()
const at = Date.UTC(2026, 10, 21, 12)
const start: Step = { do: 'clock', at }

/** Ends the object's life in memory; what it has written stays. */
const endOfLife = (path: string) => nodes.run(path, 'end of life').catch(() => {})
const onDisk = async (path: string) => (await nodes.run(path, 'sql', 'SELECT version, updated_at AS at FROM do_record'))[0]

describe('the version of an object whose changes are kept', () => {
  it('is that of one whose changes are not, whatever is done, taken back, and forgotten', async () => {
    const seeds = Array.from({ length: 12 }, (_, index) => index + 1)
    const walked = (type: string) => Promise.all(seeds.map((seed) => live(`/${type}/walk-${seed}`, randomLives(seed))))
    const [kept, notKept] = [await walked('tenant'), await walked('quiet')]
    expect(kept).toEqual(notKept)
    const last = [expect.any(Number), expect.any(String)]
    for (const answers of kept) expect(answers.slice(-2)).toEqual([last, last])
  })

  it('is in the newest change: a change of state writes no other row for it', async () => {
    const path = '/business/rows'
    const steps: Step[] = [start, { do: 'set', key: 'a' }, { do: 'set', key: 'a' }, { do: 'set', key: 'a' }]
    await nodes.run(path, 'walk', steps)
    expect((await nodes.run(path, 'record')).$version).toBe(3)
    expect(await onDisk(path)).toEqual({ version: 1, at })
    expect(await nodes.run(path, 'rows written', 5)).toBe(5 * 2)
    // A change of something else is not one of the record: now this must say it.
    await nodes.run(path, 'walk', [
      { do: 'clock', at: at + 5 },
      { do: 'set', key: 'a' },
      { do: 'order', key: 'o' },
    ] satisfies Step[])
    expect(await onDisk(path)).toEqual({ version: 9, at: at + 5 })
  })

  it('is brought up before a change from a child becomes the newest', async () => {
    const twice: Step[] = [
      { do: 'set', key: 'a' },
      { do: 'set', key: 'a' },
    ]
    await nodes.run('/saas/above', 'walk', [start, ...twice])
    await nodes.run('/switched/below', 'switch', true)
    await nodes.child('/switched/below', '/saas/above')
    await nodes.run('/switched/below', 'walk', [...twice, ...twice])
    // All of them have come: the newest change there is one of state, with a version of the child's.
    await expect
      .poll(async () => (await nodes.run('/saas/above', 'batches')).flatMap(({ keys }: { keys: string[] }) => keys))
      .toContain('a')
    await expect.poll(() => nodes.run('/switched/below', 'told')).toBe(0)
    expect(await onDisk('/saas/above')).toEqual({ version: 2, at })
    await endOfLife('/saas/above')
    expect((await nodes.run('/saas/above', 'record')).$version).toBe(2)
  })

  it('goes on where the class keeps its changes no longer, or again', async () => {
    const path = '/switched/a'
    const set: Step[] = [{ do: 'set', key: 'a' }]
    const versions: number[] = []
    for (const on of [true, false, false, true]) {
      await nodes.run(path, 'switch', on)
      await endOfLife(path)
      versions.push((await nodes.run(path, 'record')).$version)
      for (const [, version] of await nodes.run(path, 'walk', [...set, ...set])) versions.push(version)
    }
    expect(versions).toEqual([0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8])
  })

  it('is that of the database after a restore', async () => {
    const path = '/business/restored'
    await nodes.run(path, 'walk', [start, { do: 'set', key: 'a' }, { do: 'set', key: 'a' }] satisfies Step[])
    const dump = await nodes.run(path, 'dump')
    await nodes.run(path, 'walk', [
      { do: 'set', key: 'a' },
      { do: 'set', key: 'a' },
    ] satisfies Step[])
    await nodes.run(path, 'restore', dump)
    // The platform begins a new life with what it has restored.
    await endOfLife(path)
    await nodes.run(path, 'new epoch', 'restored')
    expect((await nodes.run(path, 'record')).$version).toBe(2)
  })
})

/** What the object says of itself after each step, what is said of it from outside, and what it says in its next life. */
async function live(path: string, lives: readonly Step[][]): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const steps of lives) {
    answers.push(...(await nodes.run(path, 'walk', steps)))
    const { version, updatedAt } = await nodes.run(path, 'inspected')
    await endOfLife(path)
    const { $version, $updatedAt } = await nodes.run(path, 'record')
    answers.push([version, updatedAt], [$version, $updatedAt])
  }
  return answers
}

/** Steps of five lives. */
function randomLives(seed: number): Step[][] {
  const { below, one } = chooser(seeded(seed))
  const key = () => one(['a', 'b', 'c'])
  const step = (depth: number): Step => {
    const kind = one([
      'set',
      'set',
      'set',
      'delete',
      'compare',
      'order',
      'batch',
      'move',
      'clock',
      'together',
      'taken back',
    ] as const)
    if (kind === 'batch') return { do: kind, keys: [key(), key(), key()] }
    if (kind === 'move')
      return { do: kind, context: one([null, 'https://elsewhere.example/t/1', 'https://elsewhere.example/t/2']) }
    // It may be set back.
    if (kind === 'clock') return { do: kind, at: at + below(10_000) - 5_000 }
    if (kind === 'together' || kind === 'taken back') {
      if (depth > 1) return { do: 'set', key: key() }
      return { do: kind, steps: Array.from({ length: 1 + below(4) }, () => step(depth + 1)) }
    }
    return { do: kind, key: key() }
  }
  return Array.from({ length: 5 }, () => [start, ...Array.from({ length: 1 + below(12) }, () => step(0))])
}
