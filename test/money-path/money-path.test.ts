import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { TwinFault } from '@do/conformance'
import { Random } from '@do/conformance/kit'
import { serveTwin } from '@do/fixtures/server'
import { stripeTwin } from '@do/fixtures/stripe'
import { openLedger } from '@do/ledger'
import { nodeSqlite } from '@do/ledger/node'
import { liveClock } from '@do/provider'
import { afterAll, expect, it } from 'vitest'
import { planOf, shareOf } from './plan.ts'
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
const operations = ['payments.create', 'payments.capture', 'refunds.create', 'payments.get', 'balance.transactions']

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

import { existsSync } from 'node:fs'
function orderStates(file: string) {
  if (!existsSync(file)) return {}
  const db = new DatabaseSync(file)
  try {
    return Object.fromEntries((db.prepare('SELECT state, count(*) AS n FROM orders GROUP BY state').all() as {state:string,n:number}[]).map(({state,n}) => [state,n]))
  } catch { return {} } finally { db.close() }
}

it(`${orders} payments, random faults, ${kills} SIGKILLs: provider, ledger and reconciliation agree to the minor unit (seed ${seed})`, async () => {
  const random = new Random(seed)
  const port = await freePort()
  const twin = stripeTwin({ clock: liveClock, seed, webhookUrl: `http://127.0.0.1:${port}/` })
  // Webhooks come late, some of them, in any order and some twice: the others are lost.
  twin.holdWebhooks(true)
  const vendor = await serveTwin(twin, { webhookAttempts: 1 })
  const file = join(folder, 'shop.sqlite')
  const job = {
    file,
    vendor: vendor.url,
    credentials: twin.credentials,
    port,
    orders,
    seed,
    currencies: twin.currencies,
    methods: twin.methods,
  }
  const open = (): ChildProcess =>
    fork(fileURLToPath(new URL('./shop.ts', import.meta.url)), {
      env: { ...process.env, JOB: JSON.stringify(job) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  const killed = new Set<ChildProcess>()
  const heard = (shop: ChildProcess) =>
    new Promise<unknown>((resolve, reject) => {
      shop.once('message', resolve)
      shop.once('exit', (code) => killed.has(shop) || reject(new Error(`The shop ended by itself with ${code}.`)))
    })
  const kill = async (shop: ChildProcess) => {
    const gone = new Promise((resolve) => shop.once('exit', resolve))
    killed.add(shop)
    shop.kill('SIGKILL')
    await gone
  }

  // The world outside: payers at their banks, and a network that breaks.
  let over = false
  let broken = 0
  const decided = new Set<string>()
  const world = (async () => {
    while (!over) {
      // About one request in thirty breaks.
      for (const now = twin.requests().length; broken < now; broken += 30)
        twin.faults.next(random.pick(faults), { operation: random.pick(operations) })
      for (const { id, status } of twin.payments()) {
        if (decided.has(id)) continue
        const well = random.next() < 0.8
        if (status === 'requires_action') await twin.authenticate(id, well ? 'succeed' : 'fail')
        else if (status === 'processing') await twin.settle(id, well ? 'succeed' : 'fail')
        else continue
        decided.add(id)
      }
      await twin.releaseWebhooks((count) => Array.from({ length: Math.ceil(count / 8) }, () => Math.floor(random.next() * count)))
      await pause(20)
    }
  })()

  const log = (...words: unknown[]) => process.stderr.write(`${words.join(' ')} ${JSON.stringify(orderStates(file))} ${twin.requests().length}\n`)
  let shop = open()
  let finished = heard(shop)
  for (let count = 0; count < kills; count++) {
    const early = await Promise.race([finished, pause(700 + random.next() * 1_200)])
    if (early === 'orders') break
    await kill(shop)
    log('kill', count)
    shop = open()
    finished = heard(shop)
  }
  const ticker = setInterval(() => log('tick'), 2000)
  await finished
  clearInterval(ticker)
  over = true
  await world
  twin.faults.clear()

  // Things that happen later, and of which no webhook tells.
  const captured = twin.payments().filter(({ captured: taken, refunded }) => taken > refunded)
  const disputed = captured.slice(0, 6)
  const disputes = []
  for (const { id } of disputed) disputes.push(await twin.dispute(id, 'chargeback'))
  await twin.decideDispute(disputes[0] as string, 'won')
  await twin.decideDispute(disputes[1] as string, 'lost')
  for (const { id } of captured.slice(10, 20)) await twin.refundOutside(id)

  // Reconciliation itself is killed in the middle, and goes on.
  for (let count = 0; count < 3; count++) {
    shop.send('reconcile')
    await pause(300 + random.next() * 500)
    await kill(shop)
    shop = open()
    await heard(shop)
  }
  const reports = []
  for (let run = 0; run < 2; run++) {
    const answer = heard(shop)
    shop.send('reconcile')
    reports.push(await answer)
  }
  await kill(shop)
  await vendor.close()

  const db = new DatabaseSync(file)
  const ledger = openLedger(nodeSqlite(db))
  const book = orderBook(db).all()

  // Nothing is lost, and nobody is charged twice: each order has one payment that took what was planned, or none.
  expect(book.length).toBe(orders)
  const atVendor = new Map(twin.payments().map((payment) => [`stripe:${payment.id}`, payment]))
  const known = new Set<string>()
  for (const { id, state, payment } of book) {
    const plan = planOf(seed, id, twin.currencies)
    if (state === 'declined') continue
    expect(state, `order ${id}`).toBe('done')
    known.add(payment as string)
    expect(atVendor.get(payment as string)?.captured, `order ${id}`).toBe(shareOf(plan.minor, plan.captureShare))
  }
  const took = [...atVendor].filter(([, { captured: taken }]) => taken > 0n).map(([handle]) => handle)
  expect(took.sort()).toEqual([...known].sort())
  expect(db.prepare("SELECT count(*) AS n FROM intents WHERE state IN ('dispatched', 'unknown')").get()).toEqual({ n: 0 })

  // The books are whole, and say what the provider says.
  expect(ledger.verify()).toMatchObject({ ok: true, problems: [] })
  const [first, second] = reports as {
    ok: boolean
    counts: Record<string, number>
    balances: { provider: string; books: string }[]
  }[]
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
}, 300_000)
