import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Payments } from '@do/payments'
import { type Intent, type IntentStore, intentFromJson, intentToJson, OutcomeUnknownError, reconcileIntent } from '@do/provider'
import { afterAll, describe, expect, it } from 'vitest'
import { durableIntents } from '../../packages/core/src/intents/intents.ts'
import type { ObjectStorage } from '../../packages/core/src/platform/types.ts'
import { type Name, never, paymentsWorld, returnUrl, usd, type Way } from './payments-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'payments-crash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

/** The storage of a Durable Object, as far as the store of intents needs it, on a file that outlives the process. */
function storageOn(db: DatabaseSync): Pick<ObjectStorage, 'sql' | 'transactionSync' | 'sync'> {
  const cursor = <Row>(rows: readonly unknown[]) => {
    const all = rows as Row[]
    return { toArray: () => all, one: () => all[0] as Row, rowsWritten: 0, [Symbol.iterator]: () => all[Symbol.iterator]() }
  }
  const exec: ObjectStorage['sql']['exec'] = (query, ...bindings) => {
    if (bindings.length > 0 || !query.includes(';')) return cursor(db.prepare(query).all(...(bindings as SQLInputValue[])))
    db.exec(query)
    return cursor([])
  }
  return {
    sql: { exec, databaseSize: 0 },
    transactionSync: (run) => {
      db.exec('BEGIN')
      try {
        const result = run()
        db.exec('COMMIT')
        return result
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    sync: async () => {},
  }
}

/** A process that ends at one of its steps: a step is a write to the store or a request, and it ends before or after it. */
function life(world: World, file: string, order: readonly Name[], endsAt = Number.POSITIVE_INFINITY) {
  const db = new DatabaseSync(file)
  const durable = durableIntents(storageOn(db) as ObjectStorage, { clock: world.clock, retentionMs: 90 * 86_400_000 })
  let steps = 0
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const step = async <T>(run: () => Promise<T>): Promise<T> => {
    const before = steps++
    const after = steps++
    if (before >= endsAt) return stop()
    const result = await run()
    return after >= endsAt ? stop() : result
  }
  const stop = (): Promise<never> => {
    process.die()
    end()
    return never()
  }
  const store: IntentStore = {
    ...durable,
    begin: (intent) => step(() => durable.begin(intent)),
    save: (intent) => step(() => durable.save(intent)),
  }
  const way: Way = (_, __, next) => step(next)
  const process = world.start(order, { way, intents: store })
  return { payments: process.payments, durable, ended, steps: () => steps, close: () => db.close() }
}

type World = ReturnType<typeof paymentsWorld>
type Make = (payments: Omit<Payments, 'client'>, options: { idempotencyKey: string }) => Promise<{ id: string }>

const makes: readonly (readonly [string, Make, (world: World) => number, readonly Name[]])[] = [
  [
    'a payment',
    ({ payments }, key) =>
      payments.create({ amount: usd(12_345_678n), method: ['stripe:pm_card_visa', 'square:cnon:card-nonce-ok'], returnUrl }, key),
    (world) => world.effects().length,
    ['stripe', 'square'],
  ],
  [
    'a customer',
    ({ customers }, key) => customers.create({ name: 'A. Payer', email: 'a@example.com' }, key),
    ({ twins }) => twins.stripe.count('customers') + twins.square.count('customers'),
    ['stripe', 'square'],
  ],
  [
    'a customer of Square',
    ({ customers }, key) => customers.create({ name: 'A. Payer', email: 'a@example.com' }, key),
    ({ twins }) => twins.stripe.count('customers') + twins.square.count('customers'),
    ['square', 'stripe'],
  ],
  [
    'a product',
    ({ products }, key) => products.create({ name: 'Tea' }, key),
    ({ twins }) => twins.stripe.count('products') + twins.square.count('products'),
    ['stripe', 'square'],
  ],
  [
    'an account, where only the second has any',
    ({ accounts }, key) => accounts.create({ country: 'US', email: 'seller@example.com' }, key),
    ({ twins }) => twins.stripe.count('accounts'),
    ['square', 'stripe'],
  ],
  [
    'a payout, where only the second pays out',
    ({ payouts }, key) => payouts.create({ amount: usd(4_200n) }, key),
    ({ twins }) => twins.stripe.payouts().length,
    ['square', 'stripe'],
  ],
]

describe.each(makes)('%s, with a store on disk and a process that ends anywhere', (_, make, count, order) => {
  it('is made once, and given again to whoever repeats the key', async () => {
    let unresolved = 0
    for (let endsAt = 0, over = false; !over; endsAt++) {
      const world = paymentsWorld()
      const funds = { amount: usd(500_000n), method: 'stripe:pm_card_bypassPending', returnUrl }
      if (order === makes.at(-1)?.[3]) await world.start(['stripe']).payments.payments.create(funds)
      const before = count(world)
      const file = join(folder, `${files++}.sqlite`)
      const key = { idempotencyKey: 'thing-1' }
      const first = life(world, file, order, endsAt)
      const call = make(first.payments, key)
      const made = await Promise.race([call, first.ended.then(() => undefined)])
      over = made !== undefined
      first.close()
      world.clock.advance(300_000)
      const second = life(world, file, order)
      for (const intent of await second.durable.unresolved()) {
        unresolved += 1
        expect(intentFromJson(intentToJson(intent))).toEqual(intent)
        await reconcileIntent(second.payments, intent)
      }
      expect(count(world) - before, `ends at ${endsAt}`).toBeLessThanOrEqual(1)
      const again = await make(second.payments, key)
      expect(count(world) - before, `ends at ${endsAt}`).toBe(1)
      if (made !== undefined) expect(again.id).toBe(made.id)
      second.close()
      // A third life answers out of the store, with amounts as they were.
      const third = life(world, file, order, 0)
      const { output } = (await third.durable.get((await intents(third.durable, again.id)) as string)) as Intent
      expect(output).toMatchObject({ id: again.id })
      const { amount } = output as { amount?: { amount: unknown } }
      if (amount !== undefined) expect(typeof amount.amount).toBe('bigint')
      third.close()
    }
    expect(unresolved).toBeGreaterThan(0)
  })
})

const intents = (store: IntentStore, handle: string) => store.owner(handle)

describe('what only the first provider makes', () => {
  it('is made by nobody else, whatever breaks there', async () => {
    for (const fault of [
      { kind: 'refuse' },
      { kind: 'cut', when: 'after' },
      { kind: 'hang', when: 'before' },
      { kind: 'rate-limit' },
    ] as const) {
      const world = paymentsWorld()
      world.twins.stripe.faults.always(fault, { operation: 'customers.create' })
      const { payments } = world.start(['stripe', 'square'], { deadline: 20_000 })
      const answer = await payments.customers
        .create({ name: 'A. Payer' }, { idempotencyKey: 'c' })
        .catch((error: unknown) => error)
      expect(world.twins.square.count('customers'), fault.kind).toBe(0)
      await world.calm(200_000)
      const there = world.twins.stripe.count('customers')
      if (OutcomeUnknownError.is(answer)) expect((await answer.resolve()).effect).toBe(there === 1 ? 'done' : 'none')
      const again = await payments.customers.create({ name: 'A. Payer' }, { idempotencyKey: 'c' })
      expect(again.id).toMatch(/^stripe:/)
      expect([world.twins.stripe.count('customers'), world.twins.square.count('customers')]).toEqual([1, 0])
    }
  })
})
