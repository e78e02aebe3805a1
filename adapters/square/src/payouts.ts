import type { BalanceTransaction, Payout, TransactionType } from '@do/payments'
import type { DriverCalls, DriverContext } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { defined, instant, pageOf, proven, rows, type SquareOptions, within } from './client.ts'
import { fromSquare } from './money.ts'
import type { Tree } from './payments.ts'

type Context = Pick<DriverContext, 'handle'>

const statuses: Readonly<Record<string, Payout['status']>> = { SENT: 'in_transit', PAID: 'paid', FAILED: 'failed' }
export const payoutStatus = ({ status }: Pick<Square.Payout, 'status'>) => statuses[status ?? ''] ?? 'in_transit'

function payoutOf(answer: Square.Payout | undefined, { handle }: Context): Payout {
  const payout = proven(answer)
  return defined({
    id: handle(payout.id),
    amount: fromSquare(payout.amountMoney),
    status: payoutStatus(payout),
    arrivesAt: instant(payout.arrivalDate),
    // Its entries are there as soon as it is.
    reconciled: true,
    createdAt: instant(payout.createdAt),
    raw: payout,
  })
}

const types: Readonly<Record<string, TransactionType>> = {
  CHARGE: 'charge',
  REFUND: 'refund',
  DISPUTE: 'dispute',
  OPEN_DISPUTE: 'dispute',
  APP_FEE_REVENUE: 'application_fee',
  APP_FEE_REFUND: 'application_fee_refund',
  THIRD_PARTY_FEE: 'application_fee',
  THIRD_PARTY_FEE_REFUND: 'application_fee_refund',
  MONEY_TRANSFER: 'transfer',
  MONEY_TRANSFER_REVERSAL: 'transfer_reversal',
  PAYOUT: 'payout',
  RETURNED_PAYOUT: 'payout_failure',
}

function typeOf(word: string, gross: bigint): TransactionType {
  const known = types[word]
  if (known === 'dispute' && gross > 0n) return 'dispute_reversal'
  return known ?? (/(^|_)FEE(_|$)/.test(word) ? 'fee' : /ADJUSTMENT|HOLD|RELEASE|RESERVE/.test(word) ? 'adjustment' : 'other')
}

interface Details {
  readonly paymentId?: string | null
  readonly refundId?: string | null
  readonly disputeId?: string | null
}

function entryOf(entry: Square.PayoutEntry, payoutAt: string | undefined, { handle }: Context): BalanceTransaction {
  const word = entry.type ?? ''
  const amount = fromSquare(entry.grossAmountMoney)
  const zero = { amount: 0n, currency: amount.currency }
  const details = Object.entries(entry).find(([name, value]) => /^type.+Details$/.test(name) && value !== undefined)?.[1] as
    | Details
    | undefined
  const source = details?.refundId ?? details?.disputeId ?? details?.paymentId
  return defined({
    id: handle(proven(entry).id),
    type: typeOf(word, amount.amount),
    vendorType: word,
    amount,
    fee: entry.feeAmountMoney === undefined ? zero : fromSquare(entry.feeAmountMoney),
    net: fromSquare(entry.netAmountMoney),
    source: source ? handle(source) : undefined,
    payment: details?.paymentId ? handle(details.paymentId) : undefined,
    payout: handle(entry.payoutId),
    availableAt: payoutAt,
    createdAt: instant(entry.effectiveAt) ?? payoutAt ?? '',
    raw: entry,
  })
}

/** What leaves the balance with the payout: no entry of it, but what all its entries add up to. */
function leaving(payout: Square.Payout, { handle }: Context): BalanceTransaction {
  const { amount, currency } = fromSquare(payout.amountMoney)
  const out = { amount: -amount, currency }
  const id = handle(payout.id)
  const createdAt = instant(payout.createdAt) ?? ''
  return {
    id,
    type: 'payout',
    vendorType: 'PAYOUT',
    amount: out,
    fee: { amount: 0n, currency },
    net: out,
    source: id,
    payout: id,
    availableAt: createdAt,
    createdAt,
    raw: payout,
  }
}

export function payoutCalls(client: () => Promise<SquareClient>, { locationId }: SquareOptions) {
  const read = async (payoutId: string) => proven((await (await client()).payouts.get({ payoutId })).payout)

  const payouts: DriverCalls<Tree>['payouts'] = {
    get: async (input, context) => payoutOf(await read(context.id(input)), context),
    list: async ({ since, until, limit, cursor }, context) => {
      const page = rows(
        await (await client()).payouts.list(
          defined({ locationId, beginTime: since, endTime: until, limit: Math.min(limit ?? 100, 100), cursor }),
        ),
      )
      return pageOf(
        page.items.map((payout) => payoutOf(payout, context)),
        page.cursor,
      )
    },
  }

  /** The lines of one payout, and the payout itself. The cursor of its last page, when it has no room left, is `end`. */
  const transactions: NonNullable<NonNullable<DriverCalls<Tree>['balance']>['transactions']> = async (given, context) => {
    const { since, until, limit = 100, cursor } = given
    const payout = await read(context.id(given.payout as string))
    const query = defined({ payoutId: payout.id, sortOrder: 'ASC' as const, limit: Math.min(limit, 100), cursor })
    const page = cursor === 'end' ? { items: [], cursor: undefined } : rows(await (await client()).payouts.listEntries(query))
    const items = page.items.map((entry) => entryOf(entry, instant(payout.createdAt), context))
    const room = page.cursor === undefined && items.length < limit
    if (room) items.push(leaving(payout, context))
    return pageOf(items.filter(within({ since, until })), room ? undefined : (page.cursor ?? 'end'))
  }

  return { payouts, transactions }
}
