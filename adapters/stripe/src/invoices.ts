import type { Invoice } from '@do/payments'
import { type FindContext, refuse } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import { currencyOf, minorOf, moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { bare, located, type Scope } from './scope.ts'
import { created, defined, idOf, instant, page, proven, whole } from './shape.ts'
import { invoiceStatus } from './status.ts'
import { owning, satisfied } from './steps.ts'

const expand = ['payments']

/** https://docs.stripe.com/api/invoices/object */
export function invoiceOf(given: Stripe.Invoice, { handle }: Pick<Scope, 'handle'>): Invoice {
  const invoice = proven(given, 'invoice')
  const subscription = idOf(invoice.parent?.subscription_details?.subscription)
  const paid = invoice.payments?.data ?? []
  const payment = idOf((paid.find(({ is_default }) => is_default) ?? paid[0])?.payment.payment_intent)
  const money = (amount: number) => moneyOf(amount, invoice.currency)
  return defined({
    id: handle(invoice.id),
    number: invoice.number ?? undefined,
    customer: handle(idOf(invoice.customer) as string),
    subscription: subscription && handle(subscription),
    status: invoiceStatus(invoice.status),
    total: money(invoice.total),
    due: money(invoice.amount_remaining),
    paid: money(invoice.amount_paid),
    dueAt: instant(invoice.due_date),
    attempts: invoice.attempt_count,
    nextAttemptAt: instant(invoice.next_payment_attempt),
    payment: payment && handle(payment),
    url: invoice.hosted_invoice_url ?? undefined,
    metadata: metadataOf(invoice.metadata).metadata,
    createdAt: instant(invoice.created),
    raw: invoice,
  })
}

interface Lines {
  readonly lines: readonly {
    readonly name: string
    readonly amount: { readonly amount: bigint; readonly currency: string }
    readonly quantity: number
  }[]
}

/** @throws ProviderError `currency_mismatch`. */
export function checkLines({ lines }: Lines): void {
  const [first, ...rest] = lines
  const index = rest.findIndex(({ amount }) => amount.currency !== first?.amount.currency)
  if (index < 0) return
  throw refuse('currency_mismatch', 'All lines of an invoice must have one currency.', {
    field: `lines.${index + 1}.amount.currency`,
  })
}

const linesOf = ({ lines }: Lines): Stripe.InvoiceAddLinesParams.Line[] =>
  lines.map(({ name, amount, quantity }) => ({
    description: name,
    price_data: { currency: currencyOf(amount), unit_amount: minorOf(amount), product_data: { name } },
    quantity,
  }))

/** Stripe makes an invoice empty and takes its lines afterwards; under their own key they come on it once. */
const addLines = async ({ invoices }: Stripe, id: string, input: Lines, key: string, at: Scope['at']) =>
  proven(await invoices.addLines(id, { lines: linesOf(input), expand }, { ...at, idempotencyKey: `${key}.lines` }), 'invoice')

export function invoiceOperations(client: GetClient): Operations['invoices'] {
  return {
    create: async (input, context) => {
      const { at, id: customer, ...scope } = located(context, input.customer)
      const stripe = await client()
      const body = defined({
        customer,
        currency: currencyOf(input.lines[0]?.amount as { amount: bigint; currency: string }),
        collection_method: input.dueDays === 0 ? ('charge_automatically' as const) : ('send_invoice' as const),
        days_until_due: input.dueDays === 0 ? undefined : input.dueDays,
        description: input.description,
        // A draft stays one until it is issued, and takes up nothing that waits for the customer's next invoice.
        auto_advance: false,
        pending_invoice_items_behavior: 'exclude' as const,
        metadata: metadataFor(input, context.reference),
      })
      const draft = proven(await stripe.invoices.create(body, { ...at, idempotencyKey: context.key }), 'invoice')
      try {
        return invoiceOf(await addLines(stripe, draft.id, input, context.key, at), scope)
      } catch (error) {
        const { statusCode } = error as { statusCode?: number }
        // Refused for good: an empty draft is nothing that anybody asked for.
        if (statusCode === 400 || statusCode === 404) await stripe.invoices.del(draft.id, {}, at)
        throw error
      }
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return invoiceOf(await (await client()).invoices.retrieve(id, { expand }, at), scope)
    },
    list: async (input, context) => {
      const { invoices } = await client()
      const { at, id, ...scope } = owning(context, input.customer)
      const subscription = bare(context, input.subscription)
      const filter = defined({ customer: id, subscription, ...created(input), expand: ['data.payments'] })
      return page(
        input,
        (paging) => invoices.list({ ...filter, ...paging }, at),
        (one) => invoiceOf(one, scope),
      )
    },
    finalize: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      const { invoices } = await client()
      const invoice = await satisfied(
        // From now on Stripe collects it, and tries again by the account's own rules.
        () => invoices.finalizeInvoice(id, { auto_advance: true, expand }, at),
        () => invoices.retrieve(id, { expand }, at),
        ({ status }) => status !== 'draft',
      )
      return invoiceOf(invoice, scope)
    },
    pay: async (input, context) => {
      const { at, id, ...scope } = located(context, input.id)
      const body = defined({ payment_method: bare(context, input.method), expand })
      const { invoices } = await client()
      return invoiceOf(await invoices.pay(id, body, { ...at, idempotencyKey: context.key }), scope)
    },
    void: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      const { invoices } = await client()
      const invoice = await satisfied(
        () => invoices.voidInvoice(id, { expand }, at),
        () => invoices.retrieve(id, { expand }, at),
        ({ status }) => status === 'void',
      )
      return invoiceOf(invoice, scope)
    },
  }
}

export const invoiceFinders = (client: GetClient): Finders => ({
  'invoices.create': async (input: Lines & { customer: string }, context: FindContext) => {
    const { at, id: customer, ...scope } = located(context, input.customer)
    const stripe = await client()
    const filter = { customer, expand: ['data.payments'] }
    const found = await referenced(context, (paging) => stripe.invoices.list({ ...filter, ...paging }, at))
    if (found === undefined) return undefined
    // The answer may have been lost before its lines were on it. Under their key they are added once.
    const bare = found.status === 'draft' && found.lines.data.length === 0
    return invoiceOf(bare ? await addLines(stripe, found.id, input, context.key, at) : found, scope)
  },
  /** Stripe takes no metadata here. Who pays an invoice that is paid, or whose debit is under way, is refused: so it was this. */
  'invoices.pay': async (input: { id: string }, context: FindContext) => {
    const { at, id, ...scope } = located(context, input.id)
    const invoice = await (await client()).invoices.retrieve(id, { expand: ['payments.data.payment.payment_intent'] }, at)
    const underWay = invoice.payments?.data.some(({ payment }) => whole(payment.payment_intent)?.status === 'processing')
    return invoice.status === 'paid' || underWay ? invoiceOf(invoice, scope) : undefined
  },
})
