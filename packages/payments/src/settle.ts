import { type Intent, type Money, type ProviderBase, parseHandle, settleIntent, type Told } from '@do/provider'
import type { PaymentsEvent } from './events.ts'
import { subjectOf } from './resolve.ts'

type Known = Exclude<PaymentsEvent, { type: 'unknown' }>
type Sent = Readonly<Record<string, unknown>>

/**
 * Settles, by a verified event, the command whose answer was lost and whose reference the event carries: the way to know where
 * the vendor cannot be asked (Adyen's payments). Nothing is sent. An event about another amount, or that says too little,
 * settles nothing.
 * @returns the intent as it is then, `done` or `open` (the vendor declined); undefined where nothing was settled.
 */
export async function settleByEvent(provider: ProviderBase, event: PaymentsEvent): Promise<Intent | undefined> {
  const subject = subjectOf(event)
  if (subject === undefined || event.type === 'unknown' || event.reference === undefined) return undefined
  const told = { provider: parseHandle(subject.id).provider, reference: event.reference }
  return settleIntent(provider, told, ({ operation, sent }) => tells[operation]?.(event, (sent ?? {}) as Sent))
}

const done = (value: Extract<Told, { effect: 'done' }>['value'] & Sent): Told => ({ effect: 'done', value })

/** What was asked for, where the event is not about another amount. (A part may have been authorised: that only the answer tells.) */
function asked(event: Known, { amount }: Sent): Money | undefined {
  const wanted = amount as Money | undefined
  const same = event.amount === undefined || (event.amount.amount === wanted?.amount && event.amount.currency === wanted.currency)
  return same ? wanted : undefined
}

/** What an event proves of a command. States in which the payer has to do something are left out: how is only in the answer. */
const tells: Readonly<Record<string, (event: Known, sent: Sent) => Told | undefined>> = {
  'payments.payments.create': (event, sent) => {
    const amount = asked(event, sent)
    if (event.type !== 'payment.updated' || amount === undefined) return undefined
    const { payment: id, status } = event
    if (status === 'failed') return { effect: 'none' }
    if (status === undefined || status === 'created' || status === 'requires_action') return undefined
    // On its way to what was asked for.
    if (status === 'authorized' && sent.capture !== 'manual') return undefined
    return done({ id, status, amount, ...(status === 'captured' ? { captured: amount } : {}) })
  },
  'payments.payments.capture': (event, sent) => {
    if (event.type !== 'payment.updated' || event.payment !== sent.id) return undefined
    const { payment: id, status, vendorCode } = event
    if (status === 'captured' || status === 'partially_captured') return done({ id, status })
    return status === undefined && vendorCode !== undefined ? { effect: 'none' } : undefined
  },
  'payments.refunds.create': (event, sent) => {
    const amount = sent.amount === undefined ? event.amount : asked(event, sent)
    if (event.type !== 'refund.updated' || amount === undefined || event.status === undefined) return undefined
    const { refund: id, payment, status } = event
    return payment === sent.payment ? done({ id, payment, status, amount }) : undefined
  },
  'payments.checkout.create': (event) => {
    if (event.type !== 'checkout.updated' || event.status === undefined) return undefined
    return done({ id: event.checkout, status: event.status, ...(event.amount === undefined ? {} : { amount: event.amount }) })
  },
}
