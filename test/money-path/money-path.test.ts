import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TwinFault } from '@do/conformance'
import { Random } from '@do/conformance/kit'
import { serveTwin } from '@do/fixtures/server'
import { stripeTwin } from '@do/fixtures/stripe'
import { openLedger } from '@do/ledger'
import { nodeSqlite } from '@do/ledger/node'
import { liveClock } from '@do/provider'
import { afterAll, expect, it } from 'vitest'
import { planOf, shareOf } from './plan.ts'
import { bundleShop, freePort, openShop, type Told } from './processes.ts'
import { orderBook } from './stores.ts'

const orders = Number(process.env.MONEY_PATH_ORDERS ?? 10_000)
const kills = Number(process.env.MONEY_PATH_KILLS ?? 25)
const seed = Number(process.env.MONEY_PATH_SEED ?? 7)

const folder = mkdtempSync(join(tmpdir(), 'money-path-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const faults: readonly TwinFault[] = [
  { kind: 'cut', when: 'before' },
  { kind: 'cut', when: 'after' },
  { kind: 'error', status: 500, when: 'before' },
  { kind: 'error', status: 500, when: 'after' },
  { kind: 'error', status: 503, when: 'before' },
  { kind: 'truncated' },
  { kind: 'foreign-page', when: 'after' },
  { kind: 'rate-limit', retryAfterSeconds: 1 },
]

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

it(`${orders} payments, random faults, ${kills} SIGKILLs: provider, ledger and reconciliation agree to the minor unit (seed ${seed})`, async () => {
  const random = new Random(seed)
  const port = await freePort()
  const twin = stripeTwin({ clock: liveClock, seed, webhookUrl: `http://127.0.0.1:${port}/` })
  // Webhooks come late, some of them, in any order and some twice: the others are lost.
  twin.holdWebhooks(true)
  const vendor = await serveTwin(twin, { webhookAttempts: 1 })
  const file = join(folder, 'shop.sqlite')
  const { credentials, currencies, methods } = twin
  const job = { file, vendor: vendor.url, credentials, port, orders, seed, currencies, methods }
  const bundle = await bundleShop(folder)

  // Payers at their banks: each is asked once, and most go on.
  const decided = new Set<string>()
  const decide = (told: Told) => {
    if (told.type !== 'waits' || decided.has(told.payment)) return
    decided.add(told.payment)
    const how = random.next() < 0.8 ? 'succeed' : 'fail'
    void (told.status === 'processing' ? twin.settle(told.payment, how) : twin.authenticate(told.payment, how))
  }
  const open = () => openShop(bundle, job, decide)

  // A network where about one request in thirty breaks.
  let over = false
  let broken = 0
  const world = (async () => {
    while (!over) {
      for (const now = twin.requests().length; broken < now; broken += 30) twin.faults.next(random.pick(faults))
      await twin.releaseWebhooks((count) =>
        Array.from({ length: Math.ceil(count / 10) }, () => Math.floor(random.next() * count)),
      )
      await pause(20)
    }
  })()

  // Killed in the middle of its work, again and again; the next one is loaded already, and goes on with the same file.
  let shop = open()
  let spare = open()
  let finished = shop.heard('orders')
  shop.begin()
  const next = async () => {
    await shop.kill()
    shop = spare
    spare = open()
  }
  let ended = false
  for (let count = 0; count < kills; count++) {
    const until = twin.requests().length + ((0.5 + random.next()) * orders * 1.2) / (kills + 1)
    void finished.then(() => {
      ended = true
    })
    while (!ended && twin.requests().length < until) await pause(1 + random.next() * 10)
    expect(ended, `it was done before kill ${count + 1}`).toBe(false)
    await next()
    finished = shop.heard('orders')
    shop.begin()
  }
  await finished
  over = true
  await world
  twin.faults.clear()

  // Things that happen later, and of which no webhook tells.
  const captured = twin.payments().filter(({ captured: taken, refunded }) => taken > refunded)
  const disputes = []
  for (const { id } of captured.slice(0, 6)) disputes.push(await twin.dispute(id, 'chargeback'))
  await twin.decideDispute(disputes[0] as string, 'won')
  await twin.decideDispute(disputes[1] as string, 'lost')
  for (const { id } of captured.slice(10, 20)) await twin.refundOutside(id)

  // Reconciliation itself is killed in the middle, and goes on.
  for (let count = 0; count < 3; count++) {
    const begun = shop.heard('progress')
    shop.reconcile()
    await begun
    await pause(random.next() * 100)
    await next()
    const ready = shop.heard('orders')
    shop.begin()
    await ready
  }
  const reports = []
  for (let run = 0; run < 2; run++) {
    const answer = shop.heard('report')
    shop.reconcile()
    reports.push((await answer).report)
  }
  await Promise.all([shop.kill(), spare.kill()])
  await vendor.close()

  const db = new DatabaseSync(file)
  const ledger = openLedger(nodeSqlite(db))
  const book = orderBook(db).all()

  // Nothing is lost, and nobody is charged twice: each order has one payment that took what was planned, or none.
  expect(book.length).toBe(orders)
  const atVendor = new Map(twin.payments().map((payment) => [`stripe:${payment.id}`, payment]))
  const known = new Set<string>()
  const wrong: unknown[] = []
  for (const { id, state, payment } of book) {
    const plan = planOf(seed, id, currencies)
    if (state === 'declined') continue
    known.add(payment as string)
    const took = atVendor.get(payment as string)?.captured
    if (state !== 'done' || took !== shareOf(plan.minor, plan.captureShare)) wrong.push({ id, state, payment, took })
  }
  expect(wrong).toEqual([])
  const took = [...atVendor].filter(([, { captured: taken }]) => taken > 0n).map(([handle]) => handle)
  expect(took.sort()).toEqual([...known].sort())
  expect(db.prepare("SELECT count(*) AS n FROM intents WHERE state IN ('dispatched', 'unknown')").get()).toEqual({ n: 0 })

  // The books are whole, and say what the provider says.
  expect(ledger.verify()).toMatchObject({ ok: true, problems: [] })
  const [first, second] = reports
  expect(first).toMatchObject({
    ok: true,
    counts: { missing_at_provider: 0, missing_in_books: 0, different: 0, unmapped: 0, waiting: 0 },
  })
  expect(second).toEqual(first)
  for (const [currency, { available, pending }] of twin.balance()) {
    const books = ['Available', 'Pending'].map((place) => ledger.balance(`Assets:Payments:stripe:${place}`, currency).posted)
    expect((books[0] as bigint) + (books[1] as bigint), currency).toBe(available + pending)
  }
  expect(ledger.items('Assets:Payments:stripe:Clearing', { open: true })).toEqual([])
  db.close()
}, 900_000)
