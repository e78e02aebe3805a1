import { Random } from '@do/conformance/kit'
import type { SaasOverview, TenantOverview } from '@do/objects'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Desk } from '../../examples/phone-desk/desk.ts'
import type { Client, List, Shown } from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import type { Vendors } from '../../examples/phone-desk/vendors.ts'
import { type AcmeDesk, configureSms, openAcme } from './open.ts'

/**
 * The claim: whenever the process dies, no wish is done twice and none is lost. 50 SIGKILLs at seeded random points while
 * messages are being sent over two vendors that are slow and sometimes fail after they have acted; the judge is what the
 * vendors' own ledgers say.
 */
const kills = 50
const senders = 4
const order = ['telnyx', 'plivo'] as const
const seed = Number(process.env.EFFECTS_SEED ?? 20_261_121)

const random = new Random(seed)
let acme: AcmeDesk
let desk: Desk
let vendors: Vendors
let tenant: Client

interface Wish {
  readonly key: string
  readonly to: string
  readonly body: string
  /** What the desk told the one who asked; undefined when the connection was lost. */
  told: number | undefined
}

const wishes: Wish[] = []

beforeAll(async () => {
  acme = await openAcme({ telnyx: 'telnyx', plivo: 'plivo' }, seed % 1_000)
  ;({ desk, vendors, tenant } = acme)
  await configureSms(acme, order)
}, 60_000)

afterAll(() => acme?.close(), 30_000)

async function send(wish: Wish): Promise<void> {
  const { key, to, body } = wish
  wish.told = await tenant.call('POST', '/messages', { to, body }, { 'idempotency-key': key }).then(
    ({ status }) => status,
    () => undefined,
  )
}

/** Sends one after the other until the process dies under it. */
async function sendUntilDead(name: string, isDead: () => boolean): Promise<void> {
  for (let i = 0; !isDead(); i++) {
    const wish: Wish = {
      key: `${name}-${i}`,
      to: `+1415555${1000 + (wishes.length % 9000)}`,
      body: `wish ${name}-${i}`,
      told: undefined,
    }
    wishes.push(wish)
    await send(wish)
    if (wish.told === undefined) return
  }
}

/** Vendors answer late, so that death comes before, between and after; now and then they fail although they have acted. */
function misbehave(): void {
  for (const { name, twin } of Object.values(vendors)) {
    twin.faults.clear()
    const create = { operation: 'messages.create' }
    for (let i = 0; i < 4; i++) twin.faults.next({ kind: 'slow', ms: 5 + random.int(60) }, create)
    const mood = random.int(6)
    if (name === order[0] && mood === 0) twin.faults.next({ kind: 'error', status: 503, when: 'after' }, create)
    if (name === order[0] && mood === 1) twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 30 }, create)
    if (mood === 2) twin.faults.next({ kind: 'cut', when: 'after' }, create)
  }
}

const copiesOf = (body: string) =>
  Object.values(vendors).reduce((sum, { twin }) => sum + twin.sent().filter((sent) => sent.body === body).length, 0)

async function allRecords(): Promise<readonly Shown[]> {
  const all: Shown[] = []
  let cursor: string | undefined
  do {
    const page: List<Shown> & { cursor?: string } = await tenant.ok(
      'GET',
      `/messages?limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    all.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return all
}

describe(`${kills} SIGKILLs while messages are sent (seed ${seed})`, () => {
  it('kills', async () => {
    for (let round = 0; round < kills; round++) {
      misbehave()
      let dead = false
      const sending = Array.from({ length: senders }, (_, index) => sendUntilDead(`${round}-${index}`, () => dead))
      await new Promise((resolve) => setTimeout(resolve, 10 + random.int(140)))
      await desk.workerd.kill()
      dead = true
      await Promise.all(sending)
      await desk.workerd.start()
    }
    expect(wishes.filter(({ told }) => told === undefined).length).toBeGreaterThanOrEqual(kills)
  }, 360_000)

  it('settles every intent that was left behind', async () => {
    for (const { twin } of Object.values(vendors)) twin.faults.clear()
    let left: readonly unknown[] = []
    const open = async () => {
      const { items } = await tenant.ok<List<unknown>>('GET', '/intents?state=unresolved')
      const records = await allRecords()
      left = [...items, ...records.filter(({ status }) => status === 'pending' || status === 'unknown')]
      return left.length
    }
    await until('no intent is open', open, (count) => count === 0, 100_000).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(left)}`)
    })
  }, 110_000)

  it('has done nothing twice', () => {
    const twice = wishes.filter(({ body }) => copiesOf(body) > 1).map(({ key }) => key)
    expect(twice).toEqual([])
    const total = Object.values(vendors).reduce((sum, { twin }) => sum + twin.sent().length, 0)
    expect(total).toBeLessThanOrEqual(wishes.length)
  })

  it('has lost nothing: whatever was promised or begun was done, and the records say so', async () => {
    const records = new Map((await allRecords()).map((record) => [record.key, record]))
    const wrong: string[] = []
    for (const { key, body, told } of wishes) {
      const copies = copiesOf(body)
      const record = records.get(key)
      if (told !== undefined && told < 300 && copies !== 1) wrong.push(`${key}: promised, ${copies} copies`)
      if (record === undefined && (copies > 0 || told !== undefined))
        wrong.push(`${key}: ${copies} copies, told ${told}, no record`)
      if (record?.handle !== undefined && copies !== 1) wrong.push(`${key}: recorded as ${record.status}, ${copies} copies`)
      if (record !== undefined && record.handle === undefined && copies !== 0)
        wrong.push(`${key}: recorded as ${record.status}, ${copies} copies`)
    }
    expect(wrong).toEqual([])
    expect([...records.values()].filter(({ reconciled }) => reconciled?.effect === 'done').length).toBeGreaterThan(0)
  })

  it('may be asked again: the same keys send only what was never begun', async () => {
    const lost = wishes.filter(({ told }) => told === undefined)
    for (const wish of lost) await send(wish)
    expect(lost.filter(({ told }) => told === undefined || told >= 300)).toEqual([])
    expect(wishes.filter(({ body }) => copiesOf(body) > 1)).toEqual([])
    expect(lost.filter(({ body }) => copiesOf(body) !== 1)).toEqual([])
  }, 60_000)

  it('is counted once at every level: tenant, SaaS and business agree, state by state', async () => {
    const { operator } = acme
    const read = async () => {
      const { totals, business } = await operator.ok<SaasOverview>('GET', '/operator/tenants')
      const { counted } = await operator.ok<TenantOverview>('GET', '/operator/tenants/acme')
      return [counted, totals, business?.totals ?? []].map((level) => JSON.stringify(level))
    }
    const [own, saas, root] = await until('all is told', read, ([a, b, c]) => a === b && b === c, 30_000)
    expect([saas, root]).toEqual([own, own])
    const byStatus = new Map<string, number>()
    for (const { status } of await allRecords()) byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    const messages = (JSON.parse(root as string) as { name: string; bucket: string; total: number }[]).filter(
      ({ name, total }) => name === 'messages' && total !== 0,
    )
    expect(messages.map(({ bucket, total }) => [bucket, total])).toEqual([...byStatus].sort(([a], [b]) => (a < b ? -1 : 1)))
  }, 60_000)
})
