import { hmac, toHex } from '@do/provider'
import type { RequestHandler } from 'msw'
import { TwinCore, type TwinOptions, type VendorVoice } from '../../kit/twin-core.ts'
import type { PaymentsTwin, TwinMovement, TwinPayment } from '../../payments-twin.ts'
import { notFound, problem } from '../answers.ts'
import { accountRoutes, onboard } from './accounts.ts'
import { Book, type Kind, perIso, type Thing } from './book.ts'
import { catalogueRoutes } from './catalogue.ts'
import { approve, chargeRoutes, methods, refuse } from './charges.ts'
import { complain, decide, disputeRoutes } from './disputes.ts'
import { invoiceRoutes } from './invoices.ts'
import { bank, payoutBySchedule, payoutRoutes } from './payouts.ts'
import { payOnPage, peopleRoutes } from './people.ts'
import { refund, refundRoutes } from './refunds.ts'
import { handlersOf, operationIn, type Route } from './routes.ts'
import { subscriptionRoutes } from './subscriptions.ts'

const routes: readonly Route[] = [
  ...[...chargeRoutes, ...refundRoutes, ...peopleRoutes, ...catalogueRoutes, ...subscriptionRoutes],
  ...[...invoiceRoutes, ...accountRoutes, ...payoutRoutes, ...disputeRoutes],
]

const voice = (secret: () => string): VendorVoice => ({
  operation: ({ method, path }) => operationIn(routes, method, path),
  rateLimited: (seconds) => problem(429, 'slow_down', 'Too many requests.', undefined, { 'retry-after': String(seconds) }),
  serverError: (status) => problem(status, 'broken', 'Something broke.'),
  unauthorized: () => problem(401, 'bad_key', 'The key is not valid.'),
  invalid: () => problem(422, 'bad_request', 'The request is not valid.'),
  notFound,
  sign: async (webhook, at) => {
    const seconds = String(Math.floor(at / 1000))
    return { 'memory-time': seconds, 'memory-signature': toHex(await hmac('SHA-256', secret(), `${seconds}.${webhook.body}`)) }
  },
  forge: (headers) => ({ ...headers, 'memory-signature': '0'.repeat(64) }),
})

/** The invented vendor's side that moves money, with every capability. */
export class MemoryPaymentsTwin extends TwinCore implements PaymentsTwin {
  readonly vendor = 'memory'
  readonly baseUrl = 'https://api.memory.example'
  readonly signsTime = true
  readonly currencies = ['EUR', 'JPY', 'KWD', 'ISK'] as const
  readonly methods = methods
  readonly credentials: { readonly apiKey: string; readonly webhookSecret: string }
  readonly handlers: readonly RequestHandler[]
  protected readonly voice: VendorVoice
  #book: Book
  #kept: object[] = []
  #holds = false

  constructor(options: TwinOptions = {}) {
    super(options)
    const suffix = options.seed === undefined ? '' : `-${options.seed}`
    this.credentials = { apiKey: `key-for-tests-only${suffix}`, webhookSecret: `webhook-secret-for-tests${suffix}` }
    this.voice = voice(() => this.credentials.webhookSecret)
    this.#book = new Book(this.clock, this.random, this.credentials.apiKey)
    this.handlers = handlersOf(
      routes,
      () => this.#book,
      () => this.#flush(),
    )
  }

  get secrets(): readonly string[] {
    return Object.values(this.credentials)
  }

  protected clear(): void {
    this.#book = new Book(this.clock, this.random, this.credentials.apiKey)
    this.#kept = []
    this.#holds = false
  }

  async #flush(): Promise<void> {
    for (const event of this.#book.told.splice(0)) {
      if (this.#holds) this.#kept.push(event)
      else await this.#deliver(event)
    }
  }

  async #deliver(event: object): Promise<void> {
    await this.send({ url: this.webhookUrl, contentType: 'application/json', body: JSON.stringify(event) })
  }

  /** Does something at the vendor, then tells of it. */
  async #act<T>(run: (book: Book) => T): Promise<T> {
    const answer = run(this.#book)
    await this.#flush()
    return answer
  }

  payments(): readonly TwinPayment[] {
    return this.#book.things.payments.map(({ id, currency, status, createdAt: at, ...sums }) => {
      const iso = (value: bigint) => value / perIso(currency)
      const [amount, captured, authorized, refunded] = [sums.amount, sums.captured, sums.authorized, sums.refunded].map(iso)
      return { id, currency, status, at, amount, captured, authorized, refunded } as TwinPayment
    })
  }

  #movements<K extends string>(kind: Kind, names: readonly K[]): readonly (TwinMovement & Record<K, any>)[] {
    return this.#book.things[kind].map((thing: Thing) => ({
      ...{ id: thing.id, currency: thing.currency, status: thing.status, amount: thing.amount / perIso(thing.currency) },
      ...(Object.fromEntries(names.map((name) => [name, thing[name]])) as Record<K, any>),
    }))
  }

  refunds = () => this.#movements('refunds', ['payment'])
  transfers = () =>
    this.#movements('transfers', ['account', 'reversed']).map((transfer) => ({
      ...transfer,
      reversed: transfer.reversed / perIso(transfer.currency),
    }))

  payouts = () => this.#movements('payouts', [])
  count = (what: Parameters<PaymentsTwin['count']>[0]): number => this.#book.things[what].length

  balance(account?: string): ReadonlyMap<string, { readonly available: bigint; readonly pending: bigint }> {
    const inIso = [...this.#book.balance(account)].map(([currency, { available, pending }]) => {
      const unit = perIso(currency)
      return [currency, { available: available / unit, pending: pending / unit }] as const
    })
    return new Map(inIso)
  }

  authenticate(id: string, how: 'succeed' | 'fail' | 'abandon'): Promise<Readonly<Record<string, string>>> {
    return this.#act((book) => {
      const payment = book.find('payments', id)
      if (how === 'abandon') return {} as Readonly<Record<string, string>>
      Object.assign(payment, { proof: book.random.hex(12), proven: how })
      return { proof: payment.proof }
    })
  }

  settle(id: string, how: 'succeed' | 'fail'): Promise<void> {
    return this.#act((book) => {
      const payment = book.find('payments', id)
      if (how === 'succeed') approve(book, payment)
      else refuse(book, payment, 'bank_refused')
    })
  }

  visit(id: string, how: 'pay' | 'leave'): Promise<string | undefined> {
    return this.#act((book) => (how === 'leave' ? undefined : payOnPage(book, book.find('checkouts', id))))
  }

  async advance(milliseconds: number): Promise<void> {
    const until = this.clock.now() + milliseconds
    for (let job = this.#book.due(until); job !== undefined; job = this.#book.due(until)) {
      this.clock.advance(Math.max(0, job.at - this.clock.now()))
      await this.#act(job.run)
    }
    this.clock.advance(until - this.clock.now())
  }

  dispute(payment: string, how: 'inquiry' | 'chargeback' = 'chargeback'): Promise<string> {
    return this.#act((book) => complain(book, payment, how))
  }

  decideDispute(dispute: string, how: 'won' | 'lost'): Promise<void> {
    return this.#act((book) => decide(book, dispute, how))
  }

  bank(payout: string, says: 'paid' | 'failed'): Promise<void> {
    return this.#act((book) => bank(book, payout, says))
  }

  payoutBySchedule(): Promise<string | undefined> {
    return this.#act((book) => payoutBySchedule(book, this.currencies[0]))
  }

  onboard(account: string, how: Parameters<PaymentsTwin['onboard']>[1]): Promise<void> {
    return this.#act((book) => onboard(book, account, how))
  }

  refundOutside(payment: string, amount?: bigint): Promise<string> {
    return this.#act((book) => {
      const found = book.find('payments', payment)
      return refund(book, found, amount === undefined ? undefined : amount * perIso(found.currency)).id
    })
  }

  unknownEvent(): Promise<void> {
    return this.#act((book) => book.tell('weather.changed', { sky: 'clear' }))
  }

  holdWebhooks(hold: boolean): void {
    this.#holds = hold
  }

  async releaseWebhooks(pick?: (count: number) => readonly number[]): Promise<void> {
    const kept = this.#kept.splice(0)
    for (const index of pick?.(kept.length) ?? kept.keys()) {
      const event = kept[index]
      if (event !== undefined) await this.#deliver(event)
    }
  }
}

export const memoryPaymentsTwin = (options?: TwinOptions): MemoryPaymentsTwin => new MemoryPaymentsTwin(options)
