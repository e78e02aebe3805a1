import type { Payment, payments } from '@do/payments'
import { type DriverCalls, type DriverContext, type FindContext, parseHandle, refuse, VendorRefusal } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { answered, defined, every, lateBy, pageOf, proven, rows, type SquareOptions, shortKey } from './client.ts'
import { settleMs } from './descriptor.ts'
import { again, declineCode } from './errors.ts'
import { amountOf, checkMoney, insistOn, toSquare } from './money.ts'
import { anyReference, checkLength, isOurs, pack } from './note.ts'
import { failureOf, paymentOf, referenceOf } from './payment-map.ts'

export type Tree = (typeof payments)['operations']
type Calls = Required<DriverCalls<Tree>>
export type Input<Group extends keyof Calls, Name extends keyof Calls[Group]> =
  NonNullable<Calls[Group][Name]> extends (input: infer In, context: never) => unknown ? In : never
type Create = Input<'payments', 'create'>

/** The merchant's reference is what Square calls so too, where it has room for it; ours then goes into the note. */
function labels({ description, reference, metadata }: Create, ours: string) {
  // One that looks like ours would be taken for it.
  const own = reference === undefined || reference.length > 40 || isOurs(reference)
  const needsLine = reference !== undefined || metadata !== undefined
  return defined({
    referenceId: own ? ours : reference,
    note: pack(description, needsLine ? { do: ours, ref: own ? reference : undefined, meta: metadata } : {}),
  })
}

export function checkPayment(given: Create, options: SquareOptions): void {
  checkMoney(given.amount, options)
  checkLength(labels(given, anyReference).note, 500, given.metadata === undefined ? 'description' : 'metadata')
  checkLength(given.statementDescriptor, 20, 'statementDescriptor')
  const { split, amount } = given
  if (split === undefined) return
  if (parseHandle(split.account, 'split.account').id !== options.merchantId) {
    throw refuse('invalid_account', 'Square takes a payment for the seller whose token it is made with, and for nobody else.', {
      field: 'split.account',
    })
  }
  if (split.fee !== undefined && split.fee.amount * 10n > amount.amount * 9n) {
    throw refuse('fee_too_large', "Square's app fee is at most 90 % of the payment.", { field: 'split.fee' })
  }
}

export function checkCapture({ amount }: Input<'payments', 'capture'>, options: SquareOptions): void {
  if (amount !== undefined) checkMoney(amount, options)
}

export function paymentCalls(client: () => Promise<SquareClient>, options: SquareOptions) {
  const { locationId, delayDuration } = options

  const create = async (given: Create, context: DriverContext): Promise<Payment> => {
    const square = await client()
    const { referenceId, note } = labels(given, context.reference)
    const manual = given.capture === 'manual'
    const customerId = given.customer === undefined ? undefined : context.id(given.customer)
    // A token may be followed by the verification token that the client library gave with it.
    const [sourceId = '', verificationToken] = context.id(given.method as string).split('|')
    const { payment } = await square.payments.create(
      defined({
        sourceId,
        verificationToken,
        idempotencyKey: await shortKey(context.key),
        amountMoney: toSquare(given.amount),
        appFeeMoney: given.split?.fee === undefined ? undefined : toSquare(given.split.fee),
        autocomplete: manual ? false : undefined,
        delayDuration: manual ? delayDuration : undefined,
        customerId,
        locationId,
        referenceId,
        note,
        statementDescriptionIdentifier: given.statementDescriptor,
        customerDetails: given.offSession ? { customerInitiated: false } : undefined,
      }),
    )
    const { id, status, createdAt = '', amountMoney } = proven(payment)
    insistOn(given.amount, amountMoney)
    // The answer of long ago, given again under its key; since then our own fence may have canceled what was authorised.
    if (status === 'APPROVED' && Date.parse(createdAt) < context.since - 5_000) return paymentOf(await read(id), context)
    const kept =
      given.saveMethod && !sourceId.startsWith('ccof:') ? await keep(square, id, customerId as string, context) : undefined
    return paymentOf(payment, context, kept)
  }

  /** The payment is made, so that its card could not be kept must not look like a failed charge. */
  const keep = async (square: SquareClient, sourceId: string, customerId: string, { key }: DriverContext) => {
    try {
      const { card } = await square.cards.create({ idempotencyKey: await shortKey(key, 'card'), sourceId, card: { customerId } })
      return proven(card).id
    } catch {
      return undefined
    }
  }

  const read = async (id: string): Promise<Square.Payment> =>
    proven((await (await client()).payments.get({ paymentId: id })).payment)

  const capture = async (given: Input<'payments', 'capture'>, context: DriverContext): Promise<Payment> => {
    const square = await client()
    const paymentId = context.id(given.id)
    if (given.amount !== undefined) {
      const { totalMoney, status, versionToken } = await read(paymentId)
      if (totalMoney?.currency !== given.amount.currency) throw new VendorRefusal('other-currency')
      // Square would ask the bank for more.
      if (given.amount.amount > amountOf(totalMoney)) throw new VendorRefusal('capture:too-much')
      if (status === 'APPROVED' && given.amount.amount !== amountOf(totalMoney)) {
        const { payment } = await square.payments.update({
          paymentId,
          idempotencyKey: await shortKey(context.key, 'amount'),
          payment: defined({ amountMoney: toSquare(given.amount), versionToken: versionToken ?? undefined }),
        })
        if (amountOf(proven(payment).amountMoney) !== given.amount.amount) throw new Error('The amount did not change.')
      }
    }
    return paymentOf((await square.payments.complete({ paymentId })).payment, context)
  }

  const calls: DriverCalls<Tree>['payments'] = {
    create,
    capture,
    cancel: async (input, context) => {
      const paymentId = context.id(input)
      try {
        return paymentOf((await (await client()).payments.cancel({ paymentId })).payment, context)
      } catch (error) {
        if (!answered(error, 400, 404, 409)) throw error
        const payment = await read(paymentId)
        if (payment.status !== 'CANCELED') throw again(error)
        return paymentOf(payment, context)
      }
    },
    get: async (input, context) => paymentOf(await read(context.id(input)), context),
    list: async ({ since, until, customer, limit, cursor }, context) => {
      const page = rows(
        await (await client()).payments.list(
          defined({ beginTime: since, endTime: until, limit: Math.min(limit ?? 100, 100), cursor, locationId }),
        ),
      )
      const wanted = customer === undefined ? undefined : context.id(customer)
      const items = page.items.filter(({ customerId }) => wanted === undefined || customerId === wanted)
      return pageOf(
        items.map((payment) => paymentOf(payment, context)),
        page.cursor,
      )
    },
  }

  /** By our reference among the latest payments. Once the list must have it, a fence: what still turned up would be canceled. */
  const findCreated = async (given: Create, context: FindContext): Promise<Payment | undefined> => {
    const square = await client()
    const beginTime = new Date(context.since - lateBy).toISOString()
    // No request is on its way for an hour.
    const endTime = new Date(context.until + 3_600_000 + lateBy).toISOString()
    const total = given.amount.amount
    const latest = every(async (cursor) =>
      rows(await square.payments.list(defined({ beginTime, endTime, locationId, total, limit: 100, cursor }))),
    )
    for await (const payment of latest) if (referenceOf(payment) === context.reference) return notFailed(payment, context)
    // Refused for a payment that is completed: then it stays unknown.
    if (context.clock.now() - context.until >= settleMs) {
      await square.payments.cancelByIdempotencyKey({ idempotencyKey: await shortKey(context.key) })
    }
    return undefined
  }

  /** Square keeps what it declined, too: whoever waits for the charge is told what the lost answer said. */
  const notFailed = (payment: Square.Payment, context: DriverContext): Payment => {
    const found = paymentOf(payment, context)
    if (found.status === 'failed') throw Object.assign(new VendorRefusal(declineCode(failureOf(payment))), { body: { payment } })
    return found
  }

  /** Of another amount it was another capture. */
  const findCaptured = async (
    { id, amount }: Input<'payments', 'capture'>,
    context: FindContext,
  ): Promise<Payment | undefined> => {
    const payment = await read(context.id(id))
    const ours = amount === undefined || amountOf(payment.totalMoney) === amount.amount
    return payment.status === 'COMPLETED' && ours ? paymentOf(payment, context) : undefined
  }

  return { calls, read, find: { 'payments.create': findCreated, 'payments.capture': findCaptured } }
}
