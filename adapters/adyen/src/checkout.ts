import type { PaymentLinkResponse } from '@adyen/api-library/lib/src/typings/checkout/paymentLinkResponse.js'
import type { Checkout, payments } from '@do/payments'
import { type Driver, type DriverContext, type Money, money, refuse } from '@do/provider'
import type { AdyenOptions, Sdk } from './client.ts'
import { fromAdyen, sameAmount, toAdyen } from './money.ts'
import { checkMerchantData } from './payments.ts'
import { defined, instant, isReference, keyed, own, proven, withoutOwn } from './values.ts'

type Operations = NonNullable<Driver<typeof payments>['operations']['checkout']>
export type CheckoutInput = Parameters<NonNullable<Operations['create']>>[0]
interface Line {
  readonly name: string
  readonly amount: Money
  readonly quantity: number
}

const statuses: Readonly<Record<string, Checkout['status']>> = {
  active: 'open',
  paymentPending: 'open',
  completed: 'complete',
  paid: 'complete',
  expired: 'expired',
}

const dayMs = 86_400_000

function checkoutOf(answer: PaymentLinkResponse, { handle }: Pick<DriverContext, 'handle'>): Checkout {
  const { id, url, status, amount, reference, metadata, expiresAt } = answer
  const state = statuses[String(status)] ?? 'open'
  return defined({
    id: handle(proven(id)),
    url: state === 'open' ? proven(url) : undefined,
    status: state,
    amount: fromAdyen(amount),
    reference: isReference(reference) ? undefined : reference,
    metadata: withoutOwn(metadata),
    expiresAt: instant(expiresAt),
    raw: answer,
  })
}

/** https://docs.adyen.com/unified-commerce/pay-by-link */
export const checkoutOperations = (sdk: Sdk, { merchantAccount }: AdyenOptions) => ({
  create: async (input: CheckoutInput, context: DriverContext): Promise<Checkout> => {
    const lines = input.lines as readonly Line[]
    const total = totalOf(lines)
    const request = defined({
      amount: toAdyen(total),
      merchantAccount,
      reference: input.reference ?? context.reference,
      returnUrl: input.successUrl,
      captureDelayHours: 0,
      shopperReference: input.customer === undefined ? undefined : context.id(input.customer),
      expiresAt: input.expiresAt === undefined ? undefined : new Date(input.expiresAt),
      metadata: { ...input.metadata, [own.reference]: context.reference },
      lineItems: lines.map(({ name, amount, quantity }) => ({
        description: name,
        quantity,
        amountIncludingTax: toAdyen(amount).value,
      })),
    })
    const answer = await (await sdk.links()).paymentLinks(request as never, await keyed(context))
    sameAmount(answer.amount as never, total)
    return checkoutOf(answer, context)
  },
  get: async (id: string, context: DriverContext): Promise<Checkout> =>
    checkoutOf(await (await sdk.links()).getPaymentLink(context.id(id)), context),
  expire: async (id: string, context: DriverContext): Promise<Checkout> =>
    checkoutOf(await (await sdk.links()).updatePaymentLink(context.id(id), { status: 'expired' as never }), context),
})

const totalOf = (lines: readonly Line[]): Money =>
  money(
    lines.reduce((sum, { amount, quantity }) => sum + amount.amount * BigInt(quantity), 0n),
    lines[0]?.amount.currency ?? '',
  )

/** @param now epoch milliseconds */
export function checkCheckout(input: CheckoutInput, now: number) {
  for (const [index, line] of input.lines.entries()) {
    if ('price' in line)
      throw refuse('unsupported', 'Adyen keeps no prices: give the line a name and an amount.', {
        field: `lines.${index}.price`,
        elsewhere: true,
      })
    if (line.interval !== undefined)
      throw refuse('unsupported', 'Adyen charges no subscriptions by itself.', {
        field: `lines.${index}.interval`,
        elsewhere: true,
      })
    toAdyen(line.amount, `lines.${index}.amount`)
  }
  const lines = input.lines as readonly Line[]
  if (new Set(lines.map(({ amount }) => amount.currency)).size > 1)
    throw refuse('invalid_input', 'All lines must have one currency.', { field: 'lines' })
  toAdyen(totalOf(lines), 'lines')
  checkMerchantData(input)
  const at = input.expiresAt === undefined ? undefined : Date.parse(input.expiresAt)
  if (at !== undefined && (at <= now || at > now + 70 * dayMs))
    throw refuse('invalid_input', "Adyen's payment links live 70 days at most.", { field: 'expiresAt', elsewhere: true })
}
