import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Nodes, startNodes, until } from './test/harness.ts'

let nodes: Nodes
beforeAll(async () => {
  nodes = await startNodes()
})
afterAll(() => nodes.close())

const kills = 100
const tenants = Array.from({ length: 9 }, (_, index) => `/tenant/t${index}`)
const parents = ['/saas/s0', '/saas/s1', '/saas/s2']
const parentOf = (tenant: number) => parents[tenant % 3] as string

/** Mulberry32: the same moments in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Orders that somebody wants; each is asked for again until it is acknowledged. */
async function order(tenant: string, id: string, total: number): Promise<boolean> {
  try {
    const response = await fetch(`${nodes.workerd.url}${tenant}/order`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, total }),
      signal: AbortSignal.timeout(5_000),
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

interface Applied {
  readonly id: string
  readonly epoch: number
  readonly sequence: number
  readonly body: string
}
interface Log {
  readonly sequence: number
  readonly key: string
  readonly after: string
}
const applied = (at: string): Promise<Applied[]> => nodes.run(at, 'sql', 'SELECT * FROM applied')
const orders = (at: string): Promise<Log[]> =>
  nodes.run(
    at,
    'sql',
    "SELECT sequence, key, after FROM do_changes WHERE source = 'collection:orders' AND child IS NULL ORDER BY sequence",
  )

describe('a tree of three levels', () => {
  it(`loses nothing and does nothing twice over ${kills} kills`, { timeout: 240_000 }, async () => {
    const random = seeded(20261121)
    await nodes.run('/business/root', 'create', {})
    for (const parent of parents) await nodes.run(parent, 'create', { context: nodes.url('/business/root') })
    for (const [index, tenant] of tenants.entries()) await nodes.run(tenant, 'create', { context: nodes.url(parentOf(index)) })

    const acknowledged = new Map<string, { tenant: string; total: number }>()
    let made = 0
    let stopped = false
    const client = async (index: number) => {
      const tenant = tenants[index] as string
      while (!stopped) {
        const id = `o-${index}-${made++}`
        const total = 1 + Math.floor(random() * 1_000)
        while (!stopped) {
          if (await order(tenant, id, total)) {
            acknowledged.set(id, { tenant, total })
            break
          }
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      }
    }
    const clients = tenants.map((_, index) => client(index))
    for (let kill = 0; kill < kills; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5 + random() * 70))
      await nodes.workerd.kill()
      await nodes.workerd.start()
    }
    stopped = true
    await Promise.all(clients)

    // All that is on disk, acknowledged or not, must arrive.
    const home = new Map<string, Log[]>()
    for (const tenant of tenants) home.set(tenant, await orders(tenant))
    const count = [...home.values()].reduce((total, rows) => total + rows.length, 0)
    expect(acknowledged.size).toBeGreaterThan(kills)
    await until(
      () => applied('/business/root').then(({ length }) => length),
      (length) => length >= count,
      30_000,
    )

    // Acknowledged writes are there, as they were asked for.
    for (const [id, { tenant, total }] of acknowledged) {
      const row = home.get(tenant)?.find(({ key }) => key === id)
      expect(JSON.parse(row?.after ?? 'null'), id).toMatchObject({ total })
    }
    // Each event of each tenant was applied once, and only those, at both levels above.
    const wanted = (tenant: string) =>
      (home.get(tenant) as Log[]).map(({ sequence, after }) => `${nodes.url(tenant)} 1 ${sequence} ${after}`)
    const told = (rows: Applied[]) => rows.map(({ id, epoch, sequence, body }) => `${id} ${epoch} ${sequence} ${body}`).sort()
    for (const [index, parent] of parents.entries()) {
      const below = tenants.filter((_, tenant) => tenant % 3 === index).flatMap(wanted)
      expect(told(await applied(parent))).toEqual(below.sort())
    }
    expect(told(await applied('/business/root'))).toEqual(tenants.flatMap(wanted).sort())
    // Sequences have no gaps, and sums above are the sums below.
    const sums: Record<string, number> = {}
    for (const tenant of tenants) {
      const numbers = (await nodes.run(tenant, 'sql', 'SELECT sequence FROM do_changes ORDER BY sequence')) as {
        sequence: number
      }[]
      expect(numbers.map(({ sequence }) => sequence)).toEqual(numbers.map((_, index) => index + 1))
      const stored = await nodes.run(
        tenant,
        'sql',
        "SELECT json_extract(body, '$.currency') AS currency, sum(json_extract(body, '$.total')) AS total FROM c_orders GROUP BY 1",
      )
      for (const { currency, total } of stored) sums[currency] = (sums[currency] ?? 0) + total
    }
    const totals = await nodes.run('/business/root', 'totals')
    const revenue = totals.filter(({ name }: { name: string }) => name === 'revenue')
    expect(Object.fromEntries(revenue.map(({ bucket, total }: { bucket: string; total: number }) => [bucket, total]))).toEqual(
      sums,
    )
    expect(totals.find(({ name }: { name: string }) => name === 'orders').total).toBe(count)
    // A kill is no restore: nobody was taken for one that was.
    for (const at of [...tenants, ...parents]) expect(await nodes.run(at, 'epoch')).toBe(1)
  })
})
