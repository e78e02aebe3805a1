import type { TransferData } from '@adyen/api-library/lib/src/typings/transfers/transferData.js'
import type { Payout, payments, Transfer } from '@do/payments'
import { type Driver, type DriverContext, type Money, money, type Page, refuse, VendorRefusal } from '@do/provider'
import type { accountOperations } from './accounts.ts'
import type { BalancePlatform, Sdk } from './client.ts'
import { type AdyenAmount, fromAdyen, sameAmount, toAdyen } from './money.ts'
import { defined, instant, isReference, keyed, proven } from './values.ts'

type Operations = Driver<typeof payments>['operations']
export type TransferInput = Parameters<NonNullable<NonNullable<Operations['transfers']>['create']>>[0]
export type PayoutInput = Parameters<NonNullable<NonNullable<Operations['payouts']>['create']>>[0]
export type ReverseInput = { readonly id: string; readonly amount?: Money | undefined }
type Accounts = ReturnType<typeof accountOperations>

/** As every answer and webhook about a transfer shows it; only what is read here. */
export type TransferFacts = Pick<TransferData, 'id' | 'amount' | 'reference'> & {
  readonly status?: unknown
  readonly reason?: unknown
  readonly category?: unknown
  readonly direction?: unknown
  readonly description?: string
  readonly creationDate?: unknown
  readonly createdAt?: unknown
  readonly accountHolder?: { readonly id?: string } | null
  readonly balanceAccount?: { readonly id?: string } | null
  readonly counterparty?: { readonly balanceAccountId?: string; readonly transferInstrumentId?: string } | null
  readonly events?: readonly {
    readonly status?: unknown
    readonly amount?: { readonly value?: number } | null
    readonly bookingDate?: unknown
  }[]
}

const transferStates: Readonly<Record<string, Transfer['status']>> = {
  booked: 'succeeded',
  credited: 'succeeded',
  refused: 'failed',
  failed: 'failed',
  error: 'failed',
  cancelled: 'failed',
  rejected: 'failed',
  expired: 'failed',
  returned: 'reversed',
}

/** `booked` has left the account; only `credited` is known to have arrived, and a bank may still return it. */
const payoutStates: Readonly<Record<string, Payout['status']>> = {
  booked: 'in_transit',
  credited: 'paid',
  refused: 'failed',
  failed: 'failed',
  error: 'failed',
  rejected: 'failed',
  expired: 'failed',
  returned: 'failed',
  cancelled: 'canceled',
}

const theirs = (reference: string | undefined) => (isReference(reference) ? undefined : reference)
const madeAt = ({ creationDate, createdAt }: TransferFacts) => instant(creationDate ?? createdAt)

/** What has come back of it. */
function reversedOf({ amount, events = [] }: TransferFacts): Money | undefined {
  const back = events
    .filter(({ status }) => status === 'returned')
    .reduce((sum, event) => sum + Math.abs(event.amount?.value ?? 0), 0)
  return back === 0 ? undefined : fromAdyen({ currency: amount.currency, value: back })
}

export const transferStatus = (facts: TransferFacts): Transfer['status'] => {
  const state = transferStates[String(facts.status)] ?? 'pending'
  return state === 'succeeded' && reversedOf(facts) !== undefined ? 'partially_reversed' : state
}

export const payoutStatus = ({ status }: TransferFacts): Payout['status'] => payoutStates[String(status)] ?? 'pending'

export function transferOf(facts: TransferFacts, account: string, { handle }: Pick<DriverContext, 'handle'>): Transfer {
  return defined({
    id: handle(proven(facts.id)),
    account,
    amount: fromAdyen(facts.amount),
    reversed: reversedOf(facts),
    status: transferStatus(facts),
    reference: theirs(facts.reference),
    createdAt: madeAt(facts),
    raw: facts,
  })
}

export function payoutOf(facts: TransferFacts, platform: BalancePlatform, { handle }: Pick<DriverContext, 'handle'>): Payout {
  const own = facts.balanceAccount?.id === platform.balanceAccount
  const status = payoutStatus(facts)
  return defined({
    id: handle(proven(facts.id)),
    amount: fromAdyen(facts.amount),
    status,
    account: own || facts.accountHolder?.id === undefined ? undefined : handle(facts.accountHolder.id),
    vendorCode: status === 'failed' && facts.reason !== undefined ? String(facts.reason) : undefined,
    reference: theirs(facts.reference),
    createdAt: madeAt(facts),
    raw: facts,
  })
}

/** A transfer that is refused at once is a refusal, though it comes as a success. */
function accepted<T extends { readonly status?: unknown; readonly reason?: unknown }>(answer: T): T {
  if (String(answer.status) !== 'refused') return answer
  throw new VendorRefusal(
    `transfer:${['notEnoughBalance', 'amountLimitExceeded'].includes(String(answer.reason)) ? answer.reason : 'refused'}`,
  )
}

/** Adyen lists transfers of six months at most: https://docs.adyen.com/api-explorer/transfers/latest/get/transfers */
const periodMost = 180 * 86_400_000

interface Period {
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** Without `since` the last half-year. Epoch milliseconds. */
function periodOf({ since, until }: Period, now: number): { readonly from: number; readonly to: number } {
  const to = until === undefined ? now : Date.parse(until)
  return { from: since === undefined ? to - periodMost : Date.parse(since), to }
}

/** @throws ProviderError `period_too_long`. */
export function checkPeriod(input: Period, now: number): void {
  const { from, to } = periodOf(input, now)
  if (to - from > periodMost)
    throw refuse(
      'period_too_long',
      'Adyen lists transfers and payouts of 180 days at most. Ask for one such period after the other.',
      {
        field: 'since',
        elsewhere: true,
      },
    )
}

/** https://docs.adyen.com/platforms/internal-fund-transfers, https://docs.adyen.com/platforms/payout-to-users */
export const transferOperations = (sdk: Sdk, platform: BalancePlatform, accounts: Accounts) => {
  const read = async (id: string): Promise<TransferFacts> => (await sdk.transfers()).getTransfer(id)
  /** Whose balance account the money went to. */
  const accountBehind = async (facts: TransferFacts, { handle }: Pick<DriverContext, 'handle'>) => {
    const account = await (await sdk.accounts()).getBalanceAccount(proven(facts.counterparty?.balanceAccountId))
    return handle(proven(account.accountHolderId))
  }
  const list = async (
    {
      since,
      until,
      limit = 100,
      cursor,
    }: { since?: string | undefined; until?: string | undefined; limit?: number | undefined; cursor?: string },
    category: 'bank' | 'internal',
    balanceAccount: string,
    now: number,
  ) => {
    const { from, to } = periodOf({ since, until }, now)
    const transfers = await sdk.transfers()
    const none = undefined
    const answer = await transfers.getAllTransfers(
      new Date(from),
      new Date(to),
      none,
      none,
      balanceAccount,
      none,
      none,
      category,
      'desc',
      cursor,
      Math.min(limit, 100),
    )
    return pageOf<TransferFacts>(answer)
  }
  return {
    transfers: {
      create: async ({ account, amount, reference }: TransferInput, context: DriverContext): Promise<Transfer> => {
        const to = await accounts.balanceAccountOf(context.id(account))
        const request = {
          amount: toAdyen(amount),
          balanceAccountId: platform.balanceAccount,
          category: 'internal' as never,
          counterparty: { balanceAccountId: to },
          reference: reference ?? context.reference,
        }
        const answer = accepted(await (await sdk.transfers()).transferFunds(request, await keyed(context)))
        sameAmount(answer.amount as AdyenAmount | undefined, amount)
        return transferOf(answer, account, context)
      },
      reverse: async ({ id, amount }: ReverseInput, context: DriverContext): Promise<Transfer> => {
        const facts = await read(context.id(id))
        const whole = fromAdyen(facts.amount)
        const back = amount ?? money(whole.amount - (reversedOf(facts)?.amount ?? 0n), whole.currency)
        if (back.amount <= 0n) throw new VendorRefusal('transfer:Declined')
        const account = await accountBehind(facts, context)
        const request = { amount: toAdyen(back), reference: context.reference }
        const answer = await (await sdk.transfers()).returnTransfer(context.id(id), request, await keyed(context))
        proven(answer.id)
        if (String(answer.status) === 'Declined') throw new VendorRefusal('transfer:Declined')
        // Read again, since this may be the answer of an earlier request with the same key, which the first reading knew of.
        return transferOf(await read(context.id(id)), account, context)
      },
      get: async (id: string, context: DriverContext): Promise<Transfer> => {
        const facts = await read(context.id(id))
        return transferOf(facts, await accountBehind(facts, context), context)
      },
      list: async (
        input: Parameters<typeof list>[0] & { account?: string | undefined },
        context: DriverContext,
      ): Promise<Page<Transfer>> => {
        const page = await list(input, 'internal', platform.balanceAccount, context.clock.now())
        const items: Transfer[] = []
        for (const facts of page.items) {
          if (facts.direction !== 'outgoing') continue
          const account = await accountBehind(facts, context)
          if (input.account === undefined || input.account === account) items.push(transferOf(facts, account, context))
        }
        return { ...page, items }
      },
    },
    /** For who looks for what a lost answer made. */
    read,
    accountBehind,
    payouts: {
      create: async ({ amount, account, speed, reference }: PayoutInput, context: DriverContext): Promise<Payout> => {
        const seller = account === undefined ? undefined : context.id(account)
        const instrument = seller === undefined ? platform.transferInstrument : await accounts.transferInstrumentOf(seller)
        const request = {
          amount: toAdyen(amount),
          balanceAccountId: seller === undefined ? platform.balanceAccount : await accounts.balanceAccountOf(seller),
          category: 'bank' as never,
          counterparty: { transferInstrumentId: instrument as string },
          priority: (speed === 'instant' ? 'instant' : 'regular') as never,
          reference: reference ?? context.reference,
        }
        const answer = accepted(await (await sdk.transfers()).transferFunds(request, await keyed(context)))
        sameAmount(answer.amount as AdyenAmount | undefined, amount)
        return payoutOf(answer, platform, context)
      },
      get: async (id: string, context: DriverContext): Promise<Payout> => payoutOf(await read(context.id(id)), platform, context),
      list: async (
        input: Parameters<typeof list>[0] & { account?: string | undefined },
        context: DriverContext,
      ): Promise<Page<Payout>> => {
        const from =
          input.account === undefined ? platform.balanceAccount : await accounts.knownBalanceAccountOf(context.id(input.account))
        if (from === undefined) return { items: [] }
        const page = await list(input, 'bank', from, context.clock.now())
        return { ...page, items: page.items.map((facts) => payoutOf(facts, platform, context)) }
      },
    },
  }
}

/** A page of the Transfers API: the link to the next one carries the cursor. */
export function pageOf<T>(answer: { data?: unknown; _links?: { next?: { href?: string } | null } | null }): {
  items: readonly T[]
  cursor?: string
} {
  if (!Array.isArray(answer.data)) throw new Error('The answer has no list.')
  const href = answer._links?.next?.href
  const cursor = href === undefined ? null : new URL(href).searchParams.get('cursor')
  return cursor === null ? { items: answer.data as T[] } : { items: answer.data as T[], cursor }
}

/** What only Adyen refuses. */
export function checkTransfer(
  operation: string,
  input: { amount?: Money; payment?: string; account?: string; metadata?: Record<string, string>; reference?: string },
  platform: BalancePlatform | undefined,
) {
  if (input.amount !== undefined) toAdyen(input.amount)
  if (input.reference !== undefined && (input.reference.length > 80 || isReference(input.reference)))
    throw refuse('input_too_large', 'Adyen keeps 80 characters of a reference, and "do-…" is ours.', { field: 'reference' })
  if (Object.keys(input.metadata ?? {}).length > 0)
    throw refuse('unsupported', 'Adyen keeps no metadata with transfers and payouts. Leave it out.', { field: 'metadata' })
  if (operation === 'transfers.create' && input.payment !== undefined)
    throw refuse('unsupported', 'Adyen transfers from the available balance only, not from one payment.', { field: 'payment' })
  if (operation === 'payouts.create' && input.account === undefined && platform?.transferInstrument === undefined)
    throw refuse('not_configured', "Configure `balancePlatform.transferInstrument`, the platform's own bank account.", {
      field: 'account',
    })
}
