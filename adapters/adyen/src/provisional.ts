import type { Money } from '@do/provider'

/**
 * Adyen names a payment only once the payer has acted. Until then it goes by what it was asked with, which is also what the result
 * has to agree with: a payer may bring back the result of another, cheaper payment.
 */
export interface Provisional {
  /** Our reference (`do-…`): the webhooks carry it. */
  readonly reference: string
  readonly merchantReference: string
  readonly amount: Money
  readonly manual: boolean
}

export function provisionalId({ reference, merchantReference, amount, manual }: Provisional): string {
  const own = merchantReference === reference ? '' : encodeURIComponent(merchantReference)
  return [reference, `${amount.amount}${amount.currency}`, manual ? 'manual' : 'automatic', own].join('/')
}

/** Undefined for a PSP reference. */
export function provisionalIn(id: string): Provisional | undefined {
  const match = /^(do-[0-9a-f]{32})\/(\d+)([A-Z]{3})\/(manual|automatic)\/(.*)$/.exec(id)
  if (match === null) return undefined
  const [, reference = '', amount = '0', currency = '', capture, own = ''] = match
  return {
    reference,
    merchantReference: own === '' ? reference : decodeURIComponent(own),
    amount: { amount: BigInt(amount), currency },
    manual: capture === 'manual',
  }
}
