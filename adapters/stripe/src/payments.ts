import type { Payment, PaymentAction } from '@do/payments'
import type { FindContext, Money } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { declineOf, declineReason, failureCode } from './errors.ts'
import { hasTrace, metadataFor, metadataOf, returnKey, traceOf } from './metadata.ts'
import { currencyOf, insistOn, minorOf, moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { bare, located, type Scope } from './scope.ts'
import { created, defined, idOf, instant, page, proven, whole } from './shape.ts'
import { paymentStatus } from './status.ts'
import { owning, sameCurrency, satisfied } from './steps.ts'

/** What was captured and refunded, and the card, is told by the charge. */
const expand = ['latest_charge']

/** https://docs.stripe.com/api/payment_intents/object */
export function paymentOf(given: Stripe.PaymentIntent, { handle }: Pick<Scope, 'handle'>): Payment {
  const intent = proven(given, 'payment_intent')
  const charge = whole(intent.latest_charge)
  const status = paymentStatus(intent)
  const failure = status === 'failed' ? intent.last_payment_error : null
  const card = charge?.payment_method_details?.card ?? failure?.payment_method?.card
  const method = idOf(intent.payment_method) ?? failure?.payment_method?.id
  const customer = idOf(intent.customer)
  const seller = idOf(intent.transfer_data?.destination)
  const money = (amount: number | undefined) => (amount ? moneyOf(amount, intent.currency) : undefined)
  return defined({
    id: handle(intent.id),
    status,
    amount: moneyOf(intent.amount, intent.currency),
    captured: money(intent.amount_received),
    refunded: money(refundedOf(intent, charge)),
    action: actionOf(intent, status),
    failure: failure ? declineReason(failure) : undefined,
    vendorCode: failure ? failureCode(failure) : undefined,
    customer: customer && handle(customer),
    split: seller ? defined({ account: handle(seller), fee: money(intent.application_fee_amount ?? 0) }) : undefined,
    method: method && handle(method),
    card: card ? defined({ brand: card.brand ?? undefined, last4: card.last4 ?? undefined }) : undefined,
    ...metadataOf(intent.metadata),
    captureBefore:
      intent.status === 'requires_capture' ? instant(charge?.payment_method_details?.card?.capture_before) : undefined,
    createdAt: instant(intent.created),
    raw: intent,
  })
}

/** Stripe counts as refunded, too, what was authorised and let go. */
function refundedOf({ status, amount_received }: Stripe.PaymentIntent, charge: Stripe.Charge | undefined): number {
  if (charge === undefined || amount_received === 0) return 0
  // More than was authorised may have been captured, where the account may do so; then nothing was let go.
  const released = status === 'requires_capture' ? 0 : Math.max(0, charge.amount - charge.amount_captured)
  return Math.max(0, charge.amount_refunded - released)
}

/** A page to go to, or the client library, which goes on with the secret. https://docs.stripe.com/payments/3d-secure */
function actionOf(intent: Stripe.PaymentIntent, status: Payment['status']): PaymentAction | undefined {
  const client = intent.client_secret ? ({ type: 'client', clientSecret: intent.client_secret } as const) : undefined
  if (status === 'created') return client
  if (status !== 'requires_action') return undefined
  const url = intent.next_action?.redirect_to_url?.url
  return url ? { type: 'redirect', url } : client
}

export function paymentOperations(client: GetClient): Operations['payments'] {
  return {
    create: async (input, context) => {
      const { amount, method, split, returnUrl } = input
      const body: Stripe.PaymentIntentCreateParams = defined({
        amount: minorOf(amount),
        currency: currencyOf(amount),
        expand,
        capture_method: input.capture,
        // Whether the card can be captured in parts shows only then. https://docs.stripe.com/payments/multicapture
        payment_method_options:
          input.capture === 'manual' ? { card: { request_multicapture: 'if_available' as const } } : undefined,
        // Without a page to come back to, Stripe takes only methods that need none.
        automatic_payment_methods: defined({
          enabled: true,
          allow_redirects: returnUrl === undefined ? ('never' as const) : undefined,
        }),
        confirm: method === undefined ? undefined : true,
        payment_method: bare(context, method as string | undefined),
        customer: bare(context, input.customer),
        return_url: method === undefined ? undefined : returnUrl,
        off_session: method === undefined ? undefined : input.offSession,
        setup_future_usage: input.saveMethod ? ('off_session' as const) : undefined,
        description: input.description,
        // Cards take only what is added to the account's own descriptor. https://docs.stripe.com/get-started/account/statement-descriptors
        statement_descriptor_suffix: input.statementDescriptor,
        transfer_data: split && { destination: context.id(split.account) },
        application_fee_amount: split?.fee && minorOf(split.fee),
        metadata: {
          ...metadataFor(input, context.reference),
          ...(method === undefined && returnUrl !== undefined && returnUrl.length <= 500 ? { [returnKey]: returnUrl } : {}),
        },
      })
      const intent = await (await client()).paymentIntents.create(body, { idempotencyKey: context.key })
      insistOn(amount, proven(intent, 'payment_intent'))
      return paymentOf(intent, context)
    },
    confirm: async ({ id, method, returnUrl, result }, context) => {
      const { at, id: intent, ...scope } = located(context, id)
      const { paymentIntents } = await client()
      const now = returnUrl && method ? undefined : await paymentIntents.retrieve(intent, { expand }, at)
      if (now !== undefined && method === undefined && result !== undefined) {
        // What the payer did at the bank Stripe knows already; there is nothing to confirm, unless it waits for that.
        if (now.status === 'requires_payment_method' && now.last_payment_error) throw declineOf(now)
        if (now.status !== 'requires_confirmation') return paymentOf(now, scope)
      }
      const body = defined({
        payment_method: bare(context, method),
        return_url: returnUrl ?? now?.metadata?.[returnKey],
        expand,
      })
      return paymentOf(await paymentIntents.confirm(intent, body, { ...at, idempotencyKey: context.key }), scope)
    },
    capture: async ({ id, amount, final }, context) => {
      const { at, id: intent, ...scope } = located(context, id)
      const body = defined({
        amount_to_capture: amount && minorOf(amount),
        final_capture: final ? undefined : false,
        metadata: traceOf(context.reference, 'captured'),
        expand,
      })
      const { paymentIntents } = await client()
      await sameCurrency(amount, () => paymentIntents.retrieve(intent, {}, at))
      return paymentOf(await paymentIntents.capture(intent, body, { ...at, idempotencyKey: context.key }), scope)
    },
    cancel: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      const { paymentIntents } = await client()
      const intent = await satisfied(
        () => paymentIntents.cancel(id, { expand }, at),
        () => paymentIntents.retrieve(id, { expand }, at),
        ({ status }) => status === 'canceled',
      )
      return paymentOf(intent, scope)
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return paymentOf(await (await client()).paymentIntents.retrieve(id, { expand }, at), scope)
    },
    list: async (input, context) => {
      const { paymentIntents } = await client()
      const { at, id, ...scope } = owning(context, input.customer)
      const filter = defined({ customer: id, ...created(input), expand: ['data.latest_charge'] })
      return page(
        input,
        (paging) => paymentIntents.list({ ...filter, ...paging }, at),
        (one) => paymentOf(one, scope),
      )
    },
  }
}

/** Before a method is tried there is nothing to find. */
const untried: ReadonlySet<string> = new Set(['requires_payment_method', 'requires_confirmation'])

/** Was it this try that failed? An earlier one, of another card, says nothing of a request that may still be on its way. */
function wasDeclined({ latest_charge, last_payment_error }: Stripe.PaymentIntent, method: string | undefined, since: number) {
  const late = (whole(latest_charge)?.created ?? 0) >= Math.floor(since / 1000) - 5
  return late && last_payment_error != null && (method === undefined || last_payment_error.payment_method?.id === method)
}

export const paymentFinders = (client: GetClient): Finders => ({
  'payments.create': async ({ amount }: { amount: Money }, context: FindContext) => {
    const { paymentIntents } = await client()
    const filter = { expand: ['data.latest_charge'] }
    const found = await referenced(
      context,
      (paging) => paymentIntents.list({ ...filter, ...paging }),
      (asked) => paymentIntents.search({ ...filter, ...asked }),
    )
    if (found === undefined) return undefined
    insistOn(amount, found)
    // Stripe keeps what it declined, too: whoever waits for the charge is told what the lost answer said.
    if (paymentStatus(found) === 'failed') throw declineOf(found)
    return paymentOf(found, context)
  },
  /** Stripe takes no metadata here, but a payment is confirmed only once: what has gone on since then was this. */
  'payments.confirm': async (input: { id: string; method?: string }, context: FindContext) => {
    const { at, id, ...scope } = located(context, input.id)
    const intent = await (await client()).paymentIntents.retrieve(id, { expand }, at)
    if (!untried.has(intent.status)) return paymentOf(intent, scope)
    if (wasDeclined(intent, bare(context, input.method), context.since)) throw declineOf(intent)
    return undefined
  },
  'payments.capture': async (input: { id: string }, context: FindContext) => {
    const { at, id, ...scope } = located(context, input.id)
    const intent = await (await client()).paymentIntents.retrieve(id, { expand }, at)
    return hasTrace(intent, context.reference) ? paymentOf(intent, scope) : undefined
  },
})
