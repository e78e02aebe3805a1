// The shop: a process that may be killed at any moment, with one file that holds all it knows.
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { openBooks } from '@do/books'
import { openLedger } from '@do/ledger'
import { nodeSqlite } from '@do/ledger/node'
import type { Payment, Resolved } from '@do/payments'
import { OutcomeUnknownError, ProviderError, reconcileIntent } from '@do/provider'
import { stripePayments } from '@do/stripe'
import { planOf, shareOf } from './plan.ts'
import type { Told } from './processes.ts'
import { fileIntents, type Order, orderBook } from './stores.ts'

interface Job {
  readonly file: string
  readonly vendor: string
  readonly credentials: Parameters<typeof stripePayments>[0]
  readonly port: number
  readonly orders: number
  readonly seed: number
  readonly currencies: readonly string[]
  readonly methods: Readonly<Record<string, string>>
}

const job = JSON.parse(process.env.JOB ?? '') as Job
const tell = (told: Told) => void process.send?.(told)

// Whoever started it is gone: nobody would ever kill it.
process.on('disconnect', () => process.exit())

// Loaded, and waiting for the one before it to be dead.
await new Promise<void>((resolve) => process.once('message', () => resolve()))

// A killed process loses nothing that it has handed to the operating system; only a machine that loses power would.
const db = new DatabaseSync(job.file)
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
const intents = fileIntents(db)
const book = orderBook(db)
const stripe = stripePayments({ ...job.credentials, baseUrl: job.vendor, intents, attemptTimeout: 2_000, deadline: 6_000 })
const sql = nodeSqlite(db)
const books = openBooks(openLedger(sql), { provider: 'stripe' })

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Does one command until it is known what became of it. Undefined: it was declined. */
async function settled<T>(command: () => Promise<T>): Promise<T | undefined> {
  for (let wait = 5; ; wait = Math.min(500, wait * 2)) {
    try {
      return await command()
    } catch (error) {
      if (OutcomeUnknownError.is(error)) {
        const { effect, value } = (await error.resolve()) as { effect: string; value?: T }
        if (effect === 'done') return value
      } else if (!ProviderError.is(error)) throw error
      else if (error.fault === 'declined') return undefined
      else if (error.fault === 'caller') throw error
      await pause(wait)
    }
  }
}

/** One order, from wherever it was. Every step has its key, so a step that is repeated after a kill is the same step. */
async function fulfil(order: Order): Promise<void> {
  const { id } = order
  const plan = planOf(job.seed, id, job.currencies)
  // The order and its entries in the books, in one transaction.
  const save = (state: Order['state'], thing?: Resolved) =>
    sql.transaction(() => {
      if (thing !== undefined) books.record(thing)
      order = { id, state, payment: thing?.type === 'payment' ? thing.value.id : order.payment }
      book.set(order)
    })
  let payment: Payment | undefined
  if (order.state === 'new') {
    payment = await settled(() =>
      stripe.payments.create(
        {
          amount: { amount: plan.minor, currency: plan.currency },
          method: `stripe:${job.methods[plan.method]}`,
          capture: plan.manual ? 'manual' : 'automatic',
          returnUrl: 'https://shop.example/return',
          reference: `order-${id}`,
        },
        { idempotencyKey: `order-${id}` },
      ),
    )
    if (payment === undefined) return save('declined')
    const captured = plan.refundShare > 0 ? 'captured' : 'done'
    save(payment.status === 'captured' ? captured : 'paid', { type: 'payment', value: payment })
  }
  const handle = order.payment as string
  if (order.state === 'paid') {
    payment ??= await settled(() => stripe.payments.get(handle))
    const waits = () => payment?.status === 'requires_action' || payment?.status === 'processing'
    if (waits()) tell({ type: 'waits', payment: handle.slice('stripe:'.length), status: payment?.status as string })
    for (let wait = 10; waits(); wait = Math.min(200, wait * 2)) {
      await pause(wait)
      payment = await settled(() => stripe.payments.get(handle))
    }
    if (payment?.status === 'authorized') {
      const amount = { amount: shareOf(plan.minor, plan.captureShare), currency: plan.currency }
      await settled(() => stripe.payments.capture({ id: handle, amount }, { idempotencyKey: `capture-${id}` }))
      payment = await settled(() => stripe.payments.get(handle))
    }
    if (payment === undefined || payment.status !== 'captured') return save('declined')
    save('captured', { type: 'payment', value: payment })
  }
  if (order.state === 'captured' && plan.refundShare > 0) {
    const taken = shareOf(plan.minor, plan.captureShare)
    const amount = { amount: shareOf(taken, plan.refundShare), currency: plan.currency }
    const refund = await settled(() => stripe.refunds.create({ payment: handle, amount }, { idempotencyKey: `refund-${id}` }))
    if (refund !== undefined) return save('done', { type: 'refund', value: refund })
  }
  if (order.state !== 'done') save('done')
}

/** Webhooks, as far as they find the shop alive. */
const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const headers = incoming.headers as Record<string, string>
    const request = new Request(`http://127.0.0.1:${job.port}/`, { method: 'POST', headers, body: Buffer.concat(chunks) })
    stripe
      .receive(request)
      .then((events) => books.receive(stripe, events))
      .then(
        () => outgoing.writeHead(200).end(),
        () => outgoing.writeHead(500).end(),
      )
  })
})

async function work(): Promise<void> {
  const over = book.over()
  let next = 1
  const worker = async () => {
    while (next <= job.orders) {
      const id = next++
      if (!over.has(id)) await fulfil(book.get(id))
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  // Most commands that a kill cut off were repeated under their key, which says what became of them. A payment that turned out to
  // be captured already needed no repetition: what is left is looked for.
  for (let left = await intents.unresolved(); left.length > 0; left = await intents.unresolved())
    await Promise.all(left.map((intent) => reconcileIntent(stripe, intent).catch(() => pause(50))))
  tell({ type: 'orders' })
}

server.listen(job.port, '127.0.0.1')
process.on('message', (message) => {
  if (message !== 'reconcile') return
  const onProgress = ({ transactions }: { transactions: number }) => tell({ type: 'progress', transactions })
  void settled(() => books.reconcile(stripe, { onProgress })).then((report) => {
    const text = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
    tell({ type: 'report', report: JSON.parse(JSON.stringify(report, text)) })
  })
})
void work()
