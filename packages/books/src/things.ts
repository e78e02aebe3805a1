import type { Resolved } from '@do/payments'
import { bookPayout, bookTransfer } from './passed-on.ts'
import { bookPayment } from './payment.ts'
import type { Setting } from './posting.ts'
import { bookDispute, bookRefund } from './returned.ts'

export interface RecordOptions {
  /** When it became what it is (ISO 8601). Default: what is new of a known thing now, a new thing at its creation. */
  readonly at?: string | undefined
  /** The connected account that it is of, where it is not one's own: an event says so. */
  readonly account?: string | undefined
}

/** Kinds of things that money moves by. The others lead to such: a checkout page to a payment. */
export type MoneyKind = 'payment' | 'refund' | 'dispute' | 'transfer' | 'payout'

const moneyKinds: ReadonlySet<string> = new Set<MoneyKind>(['payment', 'refund', 'dispute', 'transfer', 'payout'])

export const movesMoney = (type: Resolved['type']): type is MoneyKind => moneyKinds.has(type)

/**
 * Books a thing as it is now. What has been booked of it before stays, the rest is added: so it does not matter how often,
 * in which order or how late one hears of it. Answers how many entries were new.
 */
export function book(setting: Setting, thing: Resolved, { at, account }: RecordOptions = {}): number {
  if (!thing.value.id.startsWith(`${setting.provider}:`)) return 0
  const owner = thing.type === 'payout' ? (thing.value.account ?? account) : account
  if (owner !== setting.account && (owner !== undefined || thing.type === 'payout')) return 0
  return setting.ledger.sql.transaction(() => {
    switch (thing.type) {
      case 'payment':
        return bookPayment(setting, thing.value, at)
      case 'refund':
        return bookRefund(setting, thing.value, at)
      case 'dispute':
        return bookDispute(setting, thing.value, at)
      case 'transfer':
        return bookTransfer(setting, thing.value, at)
      case 'payout':
        return bookPayout(setting, thing.value, at)
      case 'checkout':
      case 'subscription':
      case 'invoice':
      case 'account':
        // They move no money themselves: what they lead to is a payment.
        return 0
    }
  })
}
