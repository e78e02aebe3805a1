import type { CreatePaymentInput, Payment, Payments, PaymentsEvent } from '@do/payments'
import { formatHandle, type Money, parseHandle } from '@do/provider'
import { fail, holds, NotApplicable, outcome, present, refused, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { namesBehind } from '../facts.ts'
import type { PaymentsTwin, TestMethods, TwinPayment } from '../payments-twin.ts'
import { why } from '../why.ts'

export type PaymentsWorld = World<Payments, PaymentsTwin, PaymentsEvent>
export type PaymentsCheck = Check<PaymentsWorld>

export const minute = 60_000
export const day = 86_400_000

/** What a vendor only takes on at first (a capture, a refund) it has done by then. */
export const moments = (world: PaymentsWorld): Promise<void> => world.twin.advance(minute)

/** An amount in the account's own currency, in minor units. Ends in 0, since some vendors want that of three decimals. */
export const own = (world: PaymentsWorld, amount: bigint): Money => ({ amount, currency: currencyOf(world) })
export const currencyOf = (world: PaymentsWorld): string => present(world.twin.currencies[0], "The twin's first currency")

/** What most payments of the suite are about. */
export const price = 2_590n

/** One of the vendor's test methods, as each provider knows it. */
export function methodOf(world: PaymentsWorld, behaves: keyof TestMethods): string[] {
  const id = present(world.twin.methods[behaves], `The twin's method "${behaves}"`)
  return namesBehind(world.provider).map((name) => formatHandle(name, id))
}

/** The same at the provider that has another thing. */
export function methodAt(world: PaymentsWorld, thing: string, behaves: keyof TestMethods): string {
  const id = present(world.twin.methods[behaves], `The twin's method "${behaves}"`)
  return formatHandle(parseHandle(thing).provider, id)
}

/** A charge that any vendor takes. */
export function charge(world: PaymentsWorld, more: Partial<CreatePaymentInput> = {}): CreatePaymentInput {
  return { amount: own(world, price), method: methodOf(world, 'ok'), returnUrl: 'https://shop.example.com/return', ...more }
}

/** A charge that is through. */
export const paid = (world: PaymentsWorld, more: Partial<CreatePaymentInput> = {}): Promise<Payment> =>
  world.provider.payments.create(charge(world, more))

/** One that is authorised and waits for `capture`. */
export const authorized = (world: PaymentsWorld, more: Partial<CreatePaymentInput> = {}): Promise<Payment> =>
  paid(world, { capture: 'manual', ...more })

/** The latest payment that the vendor knows of. */
export const atVendor = (world: PaymentsWorld): TwinPayment => present(world.twin.payments().at(-1), 'The payment at the vendor')

/** What the vendor took from payers or holds at their banks, of all payments. */
export const charged = (world: PaymentsWorld): readonly TwinPayment[] =>
  world.twin.payments().filter(({ captured, authorized: held }) => captured + held > 0n)

/** The vendor's books of one payment: what is captured, held and refunded, in minor units. */
export function booked(world: PaymentsWorld, expected: Partial<Pick<TwinPayment, 'captured' | 'authorized' | 'refunded'>>): void {
  const { captured, authorized: held, refunded } = atVendor(world)
  same(
    { captured, authorized: held, refunded },
    { captured: 0n, authorized: 0n, refunded: 0n, ...expected },
    "The payment in the vendor's books",
  )
}

/** Can the provider be asked for a payment? Where it cannot, its answers and webhooks are all there is. */
export const reads = (world: PaymentsWorld): boolean => world.provider.supports('read-payments')

/** All of a payment: without an amount, where the provider can find out how much that is. */
export const all = (world: PaymentsWorld, amount = price): { amount?: Money } =>
  reads(world) ? {} : { amount: own(world, amount) }

interface Now {
  readonly status?: readonly Payment['status'][]
  readonly captured?: bigint
  readonly refunded?: bigint
}

/** What the provider says of a payment once nothing is under way: asked for it, or by its last event where it cannot be. */
export async function isNow(world: PaymentsWorld, id: string, expected: Now): Promise<void> {
  await moments(world)
  const payment = reads(world)
    ? await world.provider.payments.get(id)
    : eventsOf(world, 'payment.updated').findLast((event) => event.payment === id && event.status !== undefined)
  if (expected.status !== undefined) among(payment?.status, expected.status, 'The status of the payment')
  if (payment === undefined || !('captured' in payment || 'refunded' in payment)) return
  if (expected.captured !== undefined) same(zero(payment.captured), expected.captured, 'captured, on the payment')
  if (expected.refunded !== undefined) same(zero(payment.refunded), expected.refunded, 'refunded, on the payment')
}

/** The vendor must refuse, not the suite's own planner. */
export async function denied(call: () => Promise<unknown>, what: string): Promise<void> {
  const error = await refused(call, what)
  holds(error.code !== 'unsupported', `${what} was refused because the provider does not have it at all (${error.message})`)
}

/** The same of a change, where the provider may also answer that it is under way and tell by a webhook that it was refused. */
export async function deniedOrLater(world: PaymentsWorld, call: () => Promise<{ status: string }>, what: string): Promise<void> {
  if (world.provider.supports('immediate-changes')) return denied(call, what)
  const result = await outcome(call)
  if (result.ok) among(result.value.status, ['processing', 'pending', 'failed'], `${what}: the status`)
  else {
    same(result.error.effect, 'none', `${what}: effect of the error (${result.error.code})`)
    holds(result.error.code !== 'unsupported', `${what} was refused because the provider does not have it at all.`)
  }
  await moments(world)
}

/** What no capability names, an adapter may still refuse before anything is sent: then the promise does not exist. */
export async function unlessRefused<T>(world: PaymentsWorld, call: () => Promise<T>): Promise<T> {
  const before = world.requests().length
  const result = await outcome(call)
  if (result.ok) return result.value
  if (result.error.code !== 'unsupported') throw result.error
  same(world.requests().length - before, 0, 'Requests sent, although it is not supported')
  throw new NotApplicable(result.error.message)
}

/** A customer; where the vendor keeps none, one whom the merchant names. */
export async function somebody(world: PaymentsWorld, name = 'shopper-1'): Promise<string> {
  if (world.provider.supports('customers')) return (await world.provider.customers.create({ name: 'Anna Ek' })).id
  return formatHandle(namesBehind(world.provider)[0] ?? '', name)
}

export const zero = (value: Money | undefined): bigint => value?.amount ?? 0n

/** Enough money in the account to be transferred or paid out: charges, a fortnight old. */
export async function funded(world: PaymentsWorld, amount = 500_000n, more: Partial<CreatePaymentInput> = {}): Promise<Payment> {
  const payment = await paid(world, { amount: own(world, amount), ...more })
  await world.twin.advance(14 * day)
  return payment
}

export type EventOf<Type extends PaymentsEvent['type']> = Extract<PaymentsEvent, { type: Type }>

/** The events of one type, in order. */
export function eventsOf<Type extends PaymentsEvent['type']>(world: PaymentsWorld, type: Type): readonly EventOf<Type>[] {
  return world.events.filter((event): event is EventOf<Type> => event.type === type)
}

/** The last event of one type. @throws CheckFailure when none came, with what was refused instead. */
export function eventOf<Type extends PaymentsEvent['type']>(world: PaymentsWorld, type: Type): EventOf<Type> {
  const event = eventsOf(world, type).at(-1)
  if (event !== undefined) return event
  const refusal = world.refusals.at(-1)
  const others = world.events.map((other) => other.type).join(', ')
  return fail(`No ${type} event came (but: ${others || 'nothing'}; refused: ${refusal === undefined ? 'nothing' : refusal}).`)
}

/** Makes the checks of one group. */
export const group =
  (prefix: string, link: string = why.money, common: readonly string[] = []) =>
  (
    name: string,
    title: string,
    run: PaymentsCheck['run'],
    more: { readonly needs?: readonly string[]; readonly level?: PaymentsCheck['level'] } = {},
  ): PaymentsCheck => {
    const needs = [...common, ...(more.needs ?? [])]
    return {
      id: `payments.${prefix}.${name}`,
      level: more.level ?? 'must',
      ...(needs.length === 0 ? {} : { needs }),
      title,
      why: link,
      run,
    }
  }

/** One of these, in words. */
export function among<T extends string>(actual: string | undefined, allowed: readonly T[], what: string): void {
  const words: readonly string[] = allowed
  holds(actual !== undefined && words.includes(actual), `${what} is "${actual}"; expected ${allowed.join(' or ')}.`)
}
