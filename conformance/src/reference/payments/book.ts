import type { TestClock } from '@do/provider'
import type { Random } from '../../kit/random.ts'
import { problem } from '../answers.ts'

/** Digits after the point, as this vendor writes amounts. ISK has none by ISO 4217; here it has two, always zero. */
export const digits: Readonly<Record<string, number>> = { EUR: 2, JPY: 0, KWD: 3, ISK: 2 }
/** What an amount must be a multiple of. */
const steps: Readonly<Record<string, bigint>> = { KWD: 10n, ISK: 100n }
/** The vendor's unit in ISO's minor units: 1 krona is 100 here. */
export const perIso = (currency: string): bigint => (currency === 'ISK' ? 100n : 1n)

export interface WireAmount {
  readonly value: string
  readonly currency: string
}

export const wire = (value: bigint, currency: string): WireAmount => ({ value: value.toString(), currency })

/** A refusal in the vendor's own words. */
export class Refusal extends Error {
  readonly response: () => Response

  constructor(status: number, code: string, field?: string, thing?: string) {
    super(code)
    this.response = () => {
      if (thing === undefined) return problem(status, code, 'The vendor refuses.', field)
      return Response.json({ error: { code, message: 'The bank refuses.', thing } }, { status })
    }
  }
}

/** @throws Refusal for a currency that the account does not take, and an amount that it cannot have. */
export function amountIn(given: unknown, field = 'amount'): { value: bigint; currency: string } {
  const { value, currency } = (given ?? {}) as Partial<WireAmount>
  if (currency === undefined || !(currency in digits)) throw new Refusal(422, 'bad_currency', field)
  if (typeof value !== 'string' || !/^[1-9]\d{0,17}$/.test(value)) throw new Refusal(422, 'bad_amount', field)
  if (BigInt(value) % (steps[currency] ?? 1n) !== 0n) throw new Refusal(422, 'bad_amount', field)
  return { value: BigInt(value), currency }
}

/** 2.9 % and 30, in whole steps of the currency. */
export function feeOf(value: bigint, currency: string): bigint {
  const step = steps[currency] ?? 1n
  return (((value * 29n) / 1000n + 30n + step - 1n) / step) * step
}

export interface Line {
  readonly id: string
  readonly type: string
  readonly amount: bigint
  readonly fee: bigint
  readonly currency: string
  readonly source: string
  readonly payment?: string | undefined
  /** The connected account whose ledger it is in; absent: the platform's. */
  readonly account?: string | undefined
  readonly availableAt: number
  readonly createdAt: number
  /** The payout that took it along. */
  payout?: string
}

type Sums = Record<'amount' | 'captured' | 'refunded' | 'authorized' | 'reversed' | 'total' | 'paid', bigint>

/** Whatever the vendor keeps. It has of the sums those that its kind has. */
export type Thing = { readonly id: string; readonly createdAt: number } & Sums & Record<string, any>

const kinds = ['payments', 'refunds', 'customers', 'methods', 'checkouts', 'products', 'prices', 'subscriptions'] as const
const more = ['invoices', 'accounts', 'transfers', 'payouts', 'disputes'] as const
export type Kind = (typeof kinds)[number] | (typeof more)[number]

interface Job {
  readonly at: number
  readonly run: () => void
}

/** The state of the vendor's one account: things, its ledger, what is to happen later, what is to be told. */
export class Book {
  readonly clock: TestClock
  readonly random: Random
  readonly apiKey: string
  readonly answers = new Map<string, { readonly fingerprint: string; readonly body: object }>()
  readonly things: Record<Kind, Thing[]>
  readonly lines: Line[] = []
  readonly told: object[] = []
  #jobs: Job[] = []
  #events = 0

  constructor(clock: TestClock, random: Random, apiKey: string) {
    this.clock = clock
    this.random = random
    this.apiKey = apiKey
    this.things = Object.fromEntries([...kinds, ...more].map((kind) => [kind, []])) as unknown as Record<Kind, Thing[]>
  }

  make<T extends object>(kind: Kind, prefix: string, facts: T): T & Thing {
    const thing = { id: `${prefix}_${this.random.hex(16)}`, createdAt: this.clock.now(), ...facts } as unknown as T & Thing
    this.things[kind].push(thing)
    return thing
  }

  /** @throws Refusal `not_found`, or `bad_reference` where the input names a thing (`field`) that is not there. */
  find(kind: Kind, id: unknown, field?: string): Thing {
    const thing = this.things[kind].find((candidate) => candidate.id === id)
    if (thing !== undefined) return thing
    throw field === undefined ? new Refusal(404, 'not_found') : new Refusal(422, 'bad_reference', field)
  }

  /** The vendor's ledger: `net` is `amount - fee`. */
  post(line: Omit<Line, 'id' | 'createdAt' | 'availableAt'> & { readonly waits?: number }): void {
    const now = this.clock.now()
    const { waits = 0, ...facts } = line
    this.lines.push({ id: `txn_${this.random.hex(16)}`, createdAt: now, availableAt: now + waits, ...facts })
  }

  balance(account?: string): Map<string, { available: bigint; pending: bigint }> {
    const sums = new Map<string, { available: bigint; pending: bigint }>()
    for (const line of this.lines) {
      if (line.account !== account) continue
      const sum = sums.get(line.currency) ?? { available: 0n, pending: 0n }
      sum[line.availableAt <= this.clock.now() ? 'available' : 'pending'] += line.amount - line.fee
      sums.set(line.currency, sum)
    }
    return sums
  }

  available = (currency: string, account?: string): bigint => this.balance(account).get(currency)?.available ?? 0n

  later(ms: number, run: () => void): void {
    this.#jobs.push({ at: this.clock.now() + ms, run })
  }

  /** The next thing that falls due by then, taken out of the list. */
  due(until: number): Job | undefined {
    const [next] = this.#jobs.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
    if (next !== undefined) this.#jobs = this.#jobs.filter((job) => job !== next)
    return next
  }

  /** A webhook about a thing, to be sent before the request at hand is answered. */
  tell(type: string, data: object, account?: string): void {
    this.#events += 1
    const created_at = new Date(this.clock.now()).toISOString()
    this.told.push({ id: `evt_${this.#events}`, type, created_at, ...(account === undefined ? {} : { account }), data })
  }
}

export const time = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString())
export const day = 86_400_000
