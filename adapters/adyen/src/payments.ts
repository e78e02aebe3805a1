import type { PaymentResponse } from '@adyen/api-library/lib/src/typings/checkout/paymentResponse.js'
import type { Payment, payments } from '@do/payments'
import { type Driver, type DriverContext, type Money, refuse, VendorRefusal } from '@do/provider'
import type { AdyenOptions, Sdk } from './client.ts'
import { declineOf, refusalCode } from './declines.ts'
import { methodOf, shopperOf } from './method.ts'
import { fromAdyen, sameAmount, toAdyen } from './money.ts'
import { type Provisional, provisionalId, provisionalIn } from './provisional.ts'
import { defined, keyed, own, proven } from './values.ts'

type Operations = NonNullable<Driver<typeof payments>['operations']['payments']>
export type CreateInput = Parameters<NonNullable<Operations['create']>>[0]
type ConfirmInput = Parameters<NonNullable<Operations['confirm']>>[0]

/** What both `/payments` and `/payments/details` answer; only what is read here. */
export type Answer = Pick<
  PaymentResponse,
  | 'action'
  | 'additionalData'
  | 'amount'
  | 'merchantReference'
  | 'paymentMethod'
  | 'pspReference'
  | 'refusalReason'
  | 'refusalReasonCode'
> & { readonly resultCode?: unknown }

const acting = new Set<unknown>(['RedirectShopper', 'ChallengeShopper', 'IdentifyShopper', 'PresentToShopper'])
const waiting = new Set<unknown>(['Pending', 'Received'])

/** A decline comes as a success of HTTP: https://docs.adyen.com/development-resources/refusal-reasons */
function declined({ resultCode, refusalReason, refusalReasonCode, pspReference }: Answer): never {
  const code = refusalCode(refusalReasonCode, refusalReason) ?? String(resultCode)
  throw Object.assign(new VendorRefusal(code), { pspReference })
}

/** Where the payer goes: a plain link, or what Adyen's client library takes (`handleAction(JSON.parse(clientSecret))`). */
function actionOf(action: Answer['action']): Payment['action'] {
  const { type, method, url } = (action ?? {}) as { readonly type?: string; readonly method?: string; readonly url?: string }
  if (type === undefined) return undefined
  return type === 'redirect' && url !== undefined && (method ?? 'GET') === 'GET'
    ? { type: 'redirect', url }
    : { type: 'client', clientSecret: JSON.stringify(action) }
}

/** The payment that an answer tells of. `asked` is what the merchant wanted, and under which name it goes until it has one. */
export function paymentOf(answer: Answer, asked: Provisional, { handle }: Pick<DriverContext, 'handle'>): Payment {
  const { resultCode, pspReference, paymentMethod, additionalData } = answer
  const ours = asked.merchantReference === asked.reference
  const shared = { ...(ours ? {} : { reference: asked.merchantReference }), raw: answer }
  const action = actionOf(answer.action)
  if (acting.has(resultCode) || (waiting.has(resultCode) && pspReference === undefined)) {
    const id = handle(provisionalId(asked))
    return defined({
      id,
      status: action === undefined ? ('processing' as const) : ('requires_action' as const),
      amount: asked.amount,
      action,
      ...shared,
    })
  }
  if (resultCode === 'Refused' || resultCode === 'Error' || resultCode === 'Cancelled') declined(answer)
  const id = handle(proven(pspReference))
  if (waiting.has(resultCode)) {
    const status = action === undefined ? ('processing' as const) : ('requires_action' as const)
    return defined({ id, status, amount: sameAmount(answer.amount, asked.amount), action, ...shared })
  }
  if (resultCode !== 'Authorised' && resultCode !== 'PartiallyAuthorised') throw new Error('The answer has no result.')
  const partly = resultCode === 'PartiallyAuthorised'
  const amount = partly ? partOf(fromAdyen(answer.amount), asked.amount) : sameAmount(answer.amount, asked.amount)
  const card = defined({ brand: paymentMethod?.brand, last4: additionalData?.cardSummary })
  return defined({
    id,
    // Without delay Adyen captures by itself, and says nothing more of it. A part is not what was to be paid.
    status: asked.manual ? ('authorized' as const) : partly ? ('partially_captured' as const) : ('captured' as const),
    amount: asked.manual ? amount : asked.amount,
    captured: asked.manual ? undefined : amount,
    card: Object.keys(card).length === 0 ? undefined : card,
    ...shared,
  })
}

/** The card had less on it. https://docs.adyen.com/online-payments/partial-authorisations */
function partOf(part: Money, whole: Money): Money {
  if (part.currency !== whole.currency || part.amount > whole.amount) throw new Error('The answer is about another amount.')
  return part
}

function requestOf(input: CreateInput, context: DriverContext, options: AdyenOptions) {
  const known = methodOf(context.id(first(input.method)))
  const shopper = shopperOf(input.customer, known, context)
  const manual = input.capture === 'manual'
  const stored = known.shopper !== undefined
  const amount = toAdyen(input.amount)
  return defined({
    amount,
    merchantAccount: options.merchantAccount,
    reference: input.reference ?? context.reference,
    returnUrl: input.returnUrl ?? options.returnUrl ?? '',
    channel: 'Web',
    paymentMethod: known.method,
    // Said either way: the account has a default of its own.
    captureDelayHours: manual ? undefined : 0,
    additionalData: manual ? { manualCapture: 'true' } : undefined,
    metadata: { ...input.metadata, [own.reference]: context.reference, ...(manual ? { [own.capture]: 'manual' } : {}) },
    shopperReference: shopper,
    storePaymentMethod: input.saveMethod,
    shopperInteraction: input.offSession || stored ? 'ContAuth' : shopper === undefined ? undefined : 'Ecommerce',
    recurringProcessingModel: input.offSession ? 'UnscheduledCardOnFile' : stored || input.saveMethod ? 'CardOnFile' : undefined,
    shopperStatement: input.statementDescriptor,
    lineItems:
      input.description === undefined
        ? undefined
        : [{ description: input.description, quantity: 1, amountIncludingTax: amount.value }],
  })
}

const first = (method: CreateInput['method']): string => (typeof method === 'string' ? method : (method?.[0] ?? ''))

export const paymentOperations = (sdk: Sdk, options: AdyenOptions) => ({
  create: async (input: CreateInput, context: DriverContext): Promise<Payment> => {
    const request = requestOf(input, context, options)
    const answer = await (await sdk.payments()).payments(request as never, await keyed(context))
    const { reference } = context
    const asked = { reference, merchantReference: request.reference, amount: input.amount, manual: input.capture === 'manual' }
    return defined({ ...paymentOf(answer, asked, context), metadata: input.metadata, customer: input.customer })
  },

  confirm: async ({ id, result }: ConfirmInput, context: DriverContext): Promise<Payment> => {
    const asked = provisionalIn(context.id(id)) as Provisional
    const { paymentData, ...details } = result ?? {}
    const request = { details, ...(paymentData === undefined ? {} : { paymentData }) }
    const answer = await (await sdk.payments()).paymentsDetails(request as never, await keyed(context))
    if (!agrees(answer, asked)) throw new VendorRefusal('result:foreign')
    return paymentOf(answer, asked, context)
  },

  /** Taken on now, done or refused by webhook: CAPTURE. */
  capture: async ({ id, amount }: { id: string; amount?: Money | undefined }, context: DriverContext) => {
    const request = { amount: toAdyen(amount as Money), merchantAccount: options.merchantAccount, reference: context.reference }
    const answer = await (await sdk.modifications()).captureAuthorisedPayment(context.id(id), request, await keyed(context))
    proven(answer.pspReference)
    sameAmount(answer.amount, amount as Money)
    return { id, status: 'processing' as const, raw: answer }
  },

  /** Taken on now, done or refused by webhook: CANCELLATION. */
  cancel: async (id: string, context: DriverContext) => {
    const { merchantAccount } = options
    const waits = provisionalIn(context.id(id))
    const modifications = await sdk.modifications()
    const answer =
      waits === undefined
        ? await modifications.cancelAuthorisedPaymentByPspReference(context.id(id), { merchantAccount })
        : await modifications.cancelAuthorisedPayment({ merchantAccount, paymentReference: waits.merchantReference })
    proven(answer.pspReference)
    return defined({ id, status: 'processing' as const, amount: waits?.amount, raw: answer })
  },
})

/** Is what the payer brought back about the payment that it is handed in for? */
function agrees({ merchantReference, amount, resultCode }: Answer, asked: Provisional): boolean {
  if (merchantReference !== undefined && merchantReference !== asked.merchantReference) return false
  if (amount == null || resultCode === 'PartiallyAuthorised') return true
  const told = fromAdyen(amount)
  return told.amount === asked.amount.amount && told.currency === asked.amount.currency
}

/** Reason and code of a failure, for an event. */
export const failureOf = (reason: unknown) => {
  const vendorCode = refusalCode(undefined, reason)
  return defined({ failure: declineOf(vendorCode), vendorCode })
}

const tooLong = (field: string, message: string) => refuse('input_too_large', message, { field, elsewhere: true })

/** What only Adyen refuses. */
export function checkPayment(
  operation: string,
  input: CreateInput & ConfirmInput & string,
  options: AdyenOptions,
  id: (handle: string) => string,
) {
  if (operation === 'payments.create') {
    checkMerchantData(input)
    if (input.returnUrl === undefined && options.returnUrl === undefined)
      throw refuse('return_url_needed', 'Adyen needs to know where payers come back to: give `returnUrl`.', {
        field: 'returnUrl',
        elsewhere: true,
      })
    toAdyen(input.amount)
    methodOf(id(first(input.method)))
  }
  if (operation === 'payments.confirm') {
    if (provisionalIn(id(input.id)) === undefined) throw final('This payment does not wait for its payer any more.')
    if (input.result === undefined || Object.keys(input.result).length === 0)
      throw refuse(
        'result_needed',
        'Adyen goes on only with what the payer brought back: give the query parameters as `result`.',
        { field: 'result' },
      )
  }
  if (operation === 'payments.capture' && input.amount !== undefined) toAdyen(input.amount)
  if (
    (operation === 'payments.capture' || operation === 'refunds.create') &&
    provisionalIn(id(input.id ?? (input as { payment?: string }).payment)) !== undefined
  )
    throw final(
      'The payer has not acted yet, so there is nothing to take or to give back. Use the id that `confirm` or the webhook gave.',
    )
  // By the merchant's reference Adyen would cancel whatever else has it too.
  const waits = operation === 'payments.cancel' ? provisionalIn(id(input)) : undefined
  if (waits !== undefined && waits.merchantReference !== waits.reference)
    throw final(
      'Adyen has no name for this payment before the payer has acted. It ends by itself; cancel it when a webhook names it.',
    )
}

const final = (message: string) => refuse('wrong_state', message, { field: 'id' })

/** https://docs.adyen.com/api-explorer/Checkout/latest/post/payments#request-metadata; one or two entries are ours. */
export function checkMerchantData({
  reference,
  metadata = {},
}: {
  reference?: string | undefined
  metadata?: Record<string, string> | undefined
}) {
  if (reference !== undefined && reference.length > 80) throw tooLong('reference', 'Adyen keeps 80 characters of a reference.')
  if (isOurs(reference))
    throw refuse('invalid_input', 'A reference that begins with "do-" would be taken for one of ours.', { field: 'reference' })
  const pairs = Object.entries(metadata)
  if (pairs.length > 18) throw tooLong('metadata', 'Adyen keeps 18 pairs of metadata beside ours.')
  for (const [key, value] of pairs) {
    if (key === own.reference || key === own.capture)
      throw refuse('invalid_input', `The name "${key}" among the metadata is ours.`, { field: 'metadata' })
    if (key.length > 20 || value.length > 80)
      throw tooLong('metadata', 'Adyen keeps metadata with keys of 20 and values of 80 characters.')
  }
}

const isOurs = (reference: string | undefined) => reference !== undefined && /^do-[0-9a-f]{32}/.test(reference)
