import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bucket, openBucket } from './bucket.ts'

/** Two processes with disks of their own, and one bucket that both can reach. */
let folder: string
let bucket: Bucket
let both: Workerd[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cluster-'))
  bucket = await openBucket()
  const start = (name: string) =>
    launchWorkerd({
      entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
      objects: ['Counter'],
      dataFolder: join(folder, name),
      env: { PROCESS: name },
      outbound: ['local'],
      // The lease of a dead process is then 2 s, not 20.
      cluster: {
        bucket: 's3://objects/test',
        endpoint: bucket.url,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        key: 'k'.repeat(32),
        timeDivisor: 10,
      },
    })
  both = [await start('one'), await start('two')]
}, 60_000)

afterAll(async () => {
  for (const workerd of both) await workerd.kill()
  await bucket?.close()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

const add = async (workerd: Workerd, name: string, id: string) => {
  const response = await fetch(`${workerd.url}/counter/${name}/${id}`, { method: 'POST', signal: AbortSignal.timeout(15_000) })
  if (!response.ok) throw new Error(`${response.status}`)
  return ((await response.json()) as { process: string }).process
}
const read = async (workerd: Workerd, name: string) =>
  (await (await fetch(`${workerd.url}/counter/${name}`)).json()) as { keys: string[]; process: string }

describe('a cluster of two processes over one bucket', () => {
  it('runs each object in one of them, and reaches it through both', async () => {
    const [one, two] = both as [Workerd, Workerd]
    const owners = await Promise.all([add(one, 'shared', 'a'), add(two, 'shared', 'b')])
    expect(new Set(owners).size).toBe(1)
    expect((await read(one, 'shared')).keys).toEqual(['a', 'b'])
    expect(await read(two, 'shared')).toEqual(await read(one, 'shared'))
  })

  it('loses nothing that was acknowledged when the owner is killed under load, and the other takes over', async () => {
    const [one, two] = both as [Workerd, Workerd]
    expect(await add(one, 'load', 'first')).toBe('one')
    const acknowledged = ['first']
    let tried = 0
    const load = async (through: Workerd, until: () => boolean) => {
      while (!until()) {
        const id = `n${tried++}`
        await add(through, 'load', id).then(
          () => acknowledged.push(id),
          () => {},
        )
      }
    }
    let killed = false
    const loads = [0, 1, 2, 3].map((index) => load(index % 2 === 0 ? one : two, () => killed))
    while (acknowledged.length < 100) await Promise.race([new Promise((resolve) => setImmediate(resolve)), ...loads])
    await one.kill()
    killed = true
    await Promise.all(loads)
    // The lease runs out, then the object is the other's.
    let owner: string | undefined
    while (owner === undefined) owner = await add(two, 'load', `after${tried++}`).catch(() => undefined)
    expect(owner).toBe('two')
    const { keys } = await read(two, 'load')
    expect(acknowledged.filter((id) => !keys.includes(id))).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(100)
    // And the one that died comes back as a member.
    await one.start()
    expect(await read(one, 'load')).toMatchObject({ process: 'two' })
  }, 60_000)
})
