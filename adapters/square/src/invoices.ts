import type { Invoice } from '@do/payments'
import { type DriverCalls, type DriverContext, type FindContext, type Money, VendorRefusal } from '@do/provider'
import type { Square, SquareClient } from 'square'
import {
  dayOf,
  defined,
  every,
  instant,
  keyOf,
  lateBy,
  legible,
  pageOf,
  proven,
  type Rows,
  type SquareOptions,
  shortKey,
  within,
} from './client.ts'
import { defaultCard } from './customers.ts'
import { checkMoney, fromSquare, toSquare } from './money.ts'
import { anyReference, checkLength, pack, unpack } from './note.ts'
import type { Input, Tree } from './payments.ts'

type Create = Input<'invoices', 'create'>

/** Ours, in the metadata of the order: ten values of 255 characters. https://developer.squareup.com/docs/build-basics/metadata */
const pieces = ({ reference, metadata }: Create, ours: string) => {
  const text = pack(undefined, { do: ours, ref: reference, meta: metadata }) ?? ''
  return Object.fromEntries((text.match(/.{1,255}/gs) ?? []).map((piece, index) => [`do_${index}`, piece]))
}
const together = (metadata: Square.Order['metadata']) =>
  unpack(Array.from({ length: 10 }, (_, index) => metadata?.[`do_${index}`] ?? '').join(''))

export function checkInvoice(given: Create, options: SquareOptions): void {
  for (const [index, { amount }] of given.lines.entries()) checkMoney(amount, options, `lines.${index}.amount`)
  checkLength(Object.values(pieces(given, anyReference)).join(''), 2_550, 'metadata')
}

const statuses: Readonly<Record<string, Invoice['status']>> = {
  DRAFT: 'draft',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'paid',
  REFUNDED: 'paid',
  CANCELED: 'void',
  FAILED: 'uncollectible',
}
export const invoiceStatus = ({ status }: Pick<Square.Invoice, 'status'>) => statuses[status ?? ''] ?? 'open'

export function invoiceCalls(client: () => Promise<SquareClient>, { locationId }: SquareOptions) {
  const invoiceOf = (
    answer: Square.Invoice | undefined,
    order: Square.Order | undefined,
    { handle }: Pick<DriverContext, 'handle'>,
  ): Invoice => {
    const invoice = proven(answer)
    const requests = invoice.paymentRequests ?? []
    const status = invoiceStatus(invoice)
    const sum = (name: 'computedAmountMoney' | 'totalCompletedAmountMoney') =>
      requests.reduce((total, request) => total + (request[name]?.amount ?? 0n), 0n)
    const { currency } = fromSquare(requests[0]?.computedAmountMoney ?? order?.totalMoney)
    const money = (amount: bigint): Money => ({ amount, currency })
    const [total, paid] = [sum('computedAmountMoney'), sum('totalCompletedAmountMoney')]
    const payment = order?.tenders?.[0]?.paymentId
    return defined({
      id: handle(invoice.id),
      number: invoice.invoiceNumber ?? undefined,
      customer: handle(invoice.primaryRecipient?.customerId ?? ''),
      subscription: invoice.subscriptionId ? handle(invoice.subscriptionId) : undefined,
      status,
      total: money(total),
      due: money(status === 'void' ? 0n : total - paid),
      paid: money(paid),
      dueAt: instant(requests.at(-1)?.dueDate),
      payment: payment ? handle(payment) : undefined,
      url: invoice.publicUrl,
      metadata: together(order?.metadata).meta,
      createdAt: instant(invoice.createdAt),
      raw: invoice,
    })
  }
  const orderOf = async ({ orderId }: Square.Invoice) => (await (await client()).orders.get({ orderId: orderId ?? '' })).order
  const read = async (invoiceId: string) => proven((await (await client()).invoices.get({ invoiceId })).invoice)
  const whole = async (invoice: Square.Invoice | undefined, context: DriverContext) =>
    invoiceOf(invoice, await orderOf(proven(invoice)), context)
  const search = async (
    customerId: string | undefined,
    limit: number,
    cursor: string | undefined,
  ): Promise<Rows<Square.Invoice>> => {
    const filter = defined({ locationIds: [locationId], customerIds: customerId === undefined ? undefined : [customerId] })
    const sort = { field: 'INVOICE_SORT_DATE' as const, order: 'DESC' as const }
    const answer = legible(await (await client()).invoices.search(defined({ query: { filter, sort }, limit, cursor })))
    return { items: answer.invoices ?? [], cursor: answer.cursor || undefined }
  }

  const cardOf = async (customerId: string): Promise<string> => {
    const card = await defaultCard(await client(), customerId)
    if (card === undefined) throw new VendorRefusal('invoice:no-card')
    return card
  }

  const calls: DriverCalls<Tree>['invoices'] = {
    create: async (given, context) => {
      const square = await client()
      const customerId = context.id(given.customer)
      const cardId = given.dueDays === 0 ? await cardOf(customerId) : undefined
      const lineItems = given.lines.map(({ name, amount, quantity }) => ({
        name,
        basePriceMoney: toSquare(amount),
        quantity: String(quantity),
      }))
      const { order } = await square.orders.create({
        idempotencyKey: await shortKey(context.key, 'order'),
        order: { locationId, customerId, lineItems, metadata: pieces(given, context.reference) },
      })
      const request = defined({
        requestType: 'BALANCE' as const,
        dueDate: dayOf(context.since + given.dueDays * 86_400_000),
        automaticPaymentSource: cardId === undefined ? ('NONE' as const) : ('CARD_ON_FILE' as const),
        cardId,
      })
      const { invoice } = await square.invoices.create({
        idempotencyKey: await shortKey(context.key),
        invoice: defined({
          locationId,
          orderId: proven(order).id,
          primaryRecipient: { customerId },
          paymentRequests: [request],
          deliveryMethod: 'EMAIL' as const,
          acceptedPaymentMethods: { card: true },
          description: given.description,
        }),
      })
      return invoiceOf(invoice, order, context)
    },
    get: async (input, context) => whole(await read(context.id(input)), context),
    list: async ({ customer, subscription, since, until, limit, cursor }, context) => {
      const page = await search(customer === undefined ? undefined : context.id(customer), Math.min(limit ?? 100, 100), cursor)
      const wanted = subscription === undefined ? undefined : context.id(subscription)
      const items = page.items.filter(
        (invoice) => (wanted === undefined || invoice.subscriptionId === wanted) && within({ since, until })(invoice),
      )
      const orderIds = items.flatMap(({ orderId }) => orderId ?? [])
      const { orders = [] } =
        orderIds.length === 0 ? {} : legible(await (await client()).orders.batchGet({ locationId, orderIds }))
      return pageOf(
        items.map((invoice) =>
          invoiceOf(
            invoice,
            orders.find(({ id }) => id === invoice.orderId),
            context,
          ),
        ),
        page.cursor,
      )
    },
    finalize: async (input, context) => {
      const { id: invoiceId, version = 0, status, ...rest } = await read(context.id(input))
      if (status !== 'DRAFT') return whole({ ...rest, id: invoiceId, version, status }, context)
      const idempotencyKey = await keyOf('publish', invoiceId, version)
      proven((await (await client()).invoices.publish({ invoiceId, version, idempotencyKey })).invoice)
      // It may have been paid meanwhile.
      return whole(await read(invoiceId), context)
    },
    /** Square charges a card on the day that the invoice is due, so that becomes today; what came of it is told later. */
    pay: async ({ id, method }, context) => {
      const { id: invoiceId, version = 0, paymentRequests, status, primaryRecipient } = await read(context.id(id))
      if (status !== 'UNPAID' && status !== 'SCHEDULED' && status !== 'PARTIALLY_PAID') throw new VendorRefusal('invoice:closed')
      const cardId = method === undefined ? await cardOf(primaryRecipient?.customerId ?? '') : context.id(method)
      const collect = { automaticPaymentSource: 'CARD_ON_FILE' as const, cardId, dueDate: dayOf(context.since) }
      const requests = (paymentRequests ?? []).map(({ uid }) => defined({ uid: uid ?? undefined, ...collect }))
      const { invoice } = await (await client()).invoices.update({
        invoiceId,
        idempotencyKey: await shortKey(context.key),
        invoice: { version, paymentRequests: requests },
      })
      return whole(invoice, context)
    },
    void: async (input, context) => {
      const { invoices } = await client()
      const known = await read(context.id(input))
      const { id: invoiceId, version = 0, status } = known
      if (status === 'CANCELED') return whole(known, context)
      // A draft has not been seen by anybody: Square deletes it.
      if (status !== 'DRAFT') return whole((await invoices.cancel({ invoiceId, version })).invoice, context)
      legible(await invoices.delete({ invoiceId, version }))
      return whole({ ...known, status: 'CANCELED' }, context)
    },
  }

  /** A card on file that was there from the beginning, or of another day, is not what was asked for. */
  const findPaid = async ({ id, method }: Input<'invoices', 'pay'>, context: FindContext): Promise<Invoice | undefined> => {
    const invoice = await read(context.id(id))
    const asked = invoice.paymentRequests?.some(
      ({ automaticPaymentSource, dueDate, cardId }) =>
        automaticPaymentSource === 'CARD_ON_FILE' &&
        dueDate === dayOf(context.since) &&
        (method === undefined || cardId === context.id(method)),
    )
    return invoice.status === 'PAID' || asked ? whole(invoice, context) : undefined
  }

  const find = async (given: Create, context: FindContext): Promise<Invoice | undefined> => {
    const recent = within({ since: new Date(context.since - lateBy).toISOString() })
    for await (const invoice of every((cursor) => search(context.id(given.customer), 100, cursor))) {
      if (!recent(invoice)) continue
      const order = await orderOf(invoice)
      if (together(order?.metadata).do === context.reference) return invoiceOf(invoice, order, context)
    }
    return undefined
  }

  return { calls, find: { 'invoices.create': find, 'invoices.pay': findPaid } }
}
