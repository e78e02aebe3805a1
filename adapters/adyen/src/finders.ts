import type { Payout, Transfer } from '@do/payments'
import type { FindContext } from '@do/provider'
import type { accountOperations } from './accounts.ts'
import type { BalancePlatform, Sdk } from './client.ts'
import { toAdyen } from './money.ts'
import {
  type PayoutInput,
  pageOf,
  payoutOf,
  type ReverseInput,
  type TransferFacts,
  type TransferInput,
  transferOf,
  type transferOperations,
  transferStatus,
} from './transfers.ts'

type Operations = ReturnType<typeof transferOperations>

/** No request is on its way for an hour, and no clock is wrong by ten minutes. */
const window = ({ since, until }: FindContext) => [new Date(since - 600_000), new Date(until + 4_200_000)] as const

const within = (at: unknown, [from, to]: ReturnType<typeof window>) => {
  const time = at instanceof Date ? at.getTime() : Date.parse(String(at))
  return time >= from.getTime() && time <= to.getTime()
}

/** What became of a movement whose answer is lost: read, never made. */
export function transferFinders(
  sdk: Sdk,
  platform: BalancePlatform,
  accounts: ReturnType<typeof accountOperations>,
  { read, accountBehind }: Pick<Operations, 'read' | 'accountBehind'>,
) {
  /**
   * By the reference that it went out with; the merchant's own says too little, so amount and addressee are compared too. One
   * that was refused moved nothing: it is as if it were not there.
   */
  const sought = async (
    { amount, reference }: Pick<TransferInput, 'amount' | 'reference'>,
    from: string,
    category: 'bank' | 'internal',
    to: string,
    context: FindContext,
  ): Promise<TransferFacts | undefined> => {
    const [since, until] = window(context)
    const value = toAdyen(amount)
    const none = undefined
    const name = reference ?? context.reference
    const transfers = await sdk.transfers()
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const answer = await transfers.getAllTransfers(since, until, none, none, from, none, name, category, 'desc', cursor, 100)
      const page = pageOf<TransferFacts>(answer)
      for (const facts of page.items) {
        const { counterparty, direction, status } = facts
        if (direction !== 'outgoing' || facts.reference !== name || String(status) === 'refused') continue
        const same =
          Math.abs(facts.amount.value) === value.value &&
          facts.amount.currency === value.currency &&
          (counterparty?.balanceAccountId ?? counterparty?.transferInstrumentId) === to
        if (!same && name === context.reference) throw new Error('It went out with another amount, or to somebody else.')
        if (same && !(await context.claimed(context.handle(facts.id as string)))) return facts
      }
      cursor = page.cursor
    }
    return undefined
  }

  return {
    'transfers.create': async (input: TransferInput, context: FindContext): Promise<Transfer | undefined> => {
      const to = await accounts.knownBalanceAccountOf(context.id(input.account))
      const facts = to && (await sought(input, platform.balanceAccount, 'internal', to, context))
      return facts ? transferOf(facts, input.account, context) : undefined
    },
    'payouts.create': async (input: PayoutInput, context: FindContext): Promise<Payout | undefined> => {
      const seller = input.account === undefined ? undefined : context.id(input.account)
      const from = seller === undefined ? platform.balanceAccount : await accounts.knownBalanceAccountOf(seller)
      const to = seller === undefined ? platform.transferInstrument : await accounts.transferInstrumentOf(seller)
      const facts = from && to && (await sought(input, from, 'bank', to, context))
      return facts ? payoutOf(facts, platform, context) : undefined
    },
    /**
     * Of the whole, what was wanted is that nothing is left. Of a part, what has come back does not say by which request:
     * where as much came back at that time, nobody can tell.
     */
    'transfers.reverse': async ({ id, amount }: ReverseInput, context: FindContext): Promise<Transfer | undefined> => {
      const facts = await read(context.id(id))
      if (amount === undefined)
        return transferStatus(facts) === 'reversed' ? transferOf(facts, await accountBehind(facts, context), context) : undefined
      const { value } = toAdyen(amount)
      const alike = (facts.events ?? []).some(
        (event) =>
          event.status === 'returned' &&
          Math.abs(event.amount?.value ?? 0) === value &&
          within(event.bookingDate, window(context)),
      )
      if (alike) throw new Error('As much has come back, and nothing says by which request.')
      return undefined
    },
  }
}
