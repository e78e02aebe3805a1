import type { AccountHolder } from '@adyen/api-library/lib/src/typings/balancePlatform/accountHolder.js'
import type { Account, payments, Requirement } from '@do/payments'
import { type Driver, type DriverContext, type FindContext, type Page, refuse, VendorRefusal } from '@do/provider'
import type { BalancePlatform, Sdk } from './client.ts'
import { defined, instant, isReference, own, proven, withoutOwn } from './values.ts'

type Operations = NonNullable<Driver<typeof payments>['operations']['accounts']>
export type AccountInput = Parameters<NonNullable<Operations['create']>>[0]

/** What a seller needs to be paid and to be paid out: https://docs.adyen.com/platforms/verification-overview/capabilities */
const charging = ['receiveFromPlatformPayments', 'receivePayments']
const paying = ['sendToTransferInstrument']

/** As `GET /accountHolders/{id}` and the webhooks show it; only what is read here. */
export type Holder = Pick<AccountHolder, 'id' | 'legalEntityId' | 'primaryBalanceAccount' | 'reference'> & {
  readonly status?: unknown
  readonly metadata?: unknown
  readonly capabilities?: { readonly [name: string]: Capability }
  readonly verificationDeadlines?: readonly { readonly expiresAt?: unknown }[]
}

interface Capability {
  readonly allowed?: boolean
  readonly enabled?: boolean
  readonly requested?: boolean
  readonly verificationStatus?: unknown
  readonly problems?: readonly { readonly verificationErrors?: readonly { readonly code?: string; readonly type?: unknown }[] }[]
}

const may = (holder: Holder, names: readonly string[]) =>
  holder.status !== 'closed' &&
  holder.status !== 'suspended' &&
  names.some((name) => holder.capabilities?.[name]?.allowed === true && holder.capabilities[name].enabled !== false)

function requirementsOf(holder: Holder, now: number): Requirement[] {
  const dueAt = instant(holder.verificationDeadlines?.[0]?.expiresAt)
  const late = dueAt !== undefined && Date.parse(dueAt) < now
  const found = new Map<string, Requirement>()
  for (const { problems = [] } of Object.values(holder.capabilities ?? {})) {
    for (const { code, type } of problems.flatMap(({ verificationErrors = [] }) => verificationErrors)) {
      const state =
        type === 'pendingStatus' || type === 'dataReview' ? 'pending_verification' : late ? 'past_due' : 'currently_due'
      if (code !== undefined) found.set(code, defined({ code, state, dueAt } as const))
    }
  }
  return [...found.values()]
}

/** @param now epoch milliseconds, since a deadline may have passed. */
export function accountOf(holder: Holder, now: number, { handle }: Pick<DriverContext, 'handle'>): Account {
  const asked = Object.values(holder.capabilities ?? {}).filter(({ requested }) => requested !== false)
  const is = (status: string) => asked.some(({ verificationStatus }) => verificationStatus === status)
  const [chargesEnabled, payoutsEnabled] = [may(holder, charging), may(holder, paying)]
  const closed = holder.status === 'closed'
  const rejected = closed || is('rejected')
  const enabled = chargesEnabled && payoutsEnabled
  return defined({
    id: handle(proven(holder.id)),
    status: rejected
      ? ('rejected' as const)
      : enabled
        ? ('enabled' as const)
        : is('invalid') || holder.status === 'suspended'
          ? ('restricted' as const)
          : ('pending' as const),
    chargesEnabled,
    payoutsEnabled,
    requirements: requirementsOf(holder, now),
    disabledReason: closed ? 'closed' : rejected ? 'rejected' : holder.status === 'suspended' ? 'suspended' : undefined,
    reference: isReference(holder.reference) ? undefined : holder.reference,
    metadata: withoutOwn(holder.metadata),
    raw: holder,
  })
}

/**
 * A seller is three things at Adyen: who they are (legal entity), the account holder, which is the account here, and a balance account.
 * None of their routes takes an idempotency key; an account holder is found again by our reference in its metadata.
 */
export const accountOperations = (sdk: Sdk, platform: BalancePlatform) => {
  const shown = (holder: Holder, context: DriverContext) => accountOf(holder, context.clock.now(), context)
  const read = async (id: string) => {
    const holder = (await (await sdk.holders()).getAccountHolder(id)) as Holder
    proven(holder.id)
    return holder
  }
  const page = async (offset: number, limit: number) => {
    const answer = await (await sdk.platform()).getAllAccountHoldersUnderBalancePlatform(platform.id, offset, limit)
    if (!Array.isArray(answer.accountHolders)) throw new Error('The answer has no list.')
    return { items: answer.accountHolders as readonly Holder[], more: answer.hasNext === true }
  }
  /** Money goes to a balance account, which is made when there is none yet. */
  const withBalanceAccount = async (holder: Holder): Promise<Holder> => {
    if (holder.primaryBalanceAccount !== undefined) return holder
    const made = await (await sdk.accounts()).createBalanceAccount({ accountHolderId: holder.id })
    return { ...holder, primaryBalanceAccount: proven(made.id) }
  }
  return {
    operations: {
      create: async (input: AccountInput, context: DriverContext): Promise<Account> => {
        const entity = await (await sdk.entities()).createLegalEntity(entityOf(input, context.reference) as never)
        const made = (await (
          await sdk.holders()
        ).createAccountHolder({
          legalEntityId: proven(entity.id),
          reference: input.reference ?? context.reference,
          metadata: { ...input.metadata, [own.reference]: context.reference },
        })) as Holder
        proven(made.id)
        // The account is there. Without its balance account it is no less so; whoever needs that makes it.
        const holder = await withBalanceAccount(made).catch(() => made)
        return defined({ ...shown(holder, context), country: input.country, email: input.email })
      },
      get: async (id: string, context: DriverContext): Promise<Account> => {
        const holder = await read(context.id(id))
        const entity = await (await sdk.entities()).getLegalEntity(proven(holder.legalEntityId))
        const country = entity.organization?.registeredAddress?.country ?? entity.individual?.residentialAddress?.country
        const email = entity.organization?.email ?? entity.individual?.email
        return defined({ ...shown(holder, context), country, email })
      },
      list: async (
        { limit, cursor }: { limit?: number | undefined; cursor?: string },
        context: DriverContext,
      ): Promise<Page<Account>> => {
        const offset = Number(cursor ?? 0)
        const size = Math.min(limit ?? 100, 100)
        const { items, more } = await page(offset, size)
        const accounts = items.map((holder) => shown(holder, context))
        return more ? { items: accounts, cursor: String(offset + size) } : { items: accounts }
      },
      onboardingLink: async ({ account, returnUrl }: { account: string; returnUrl: string }, context: DriverContext) => {
        const holder = await withBalanceAccount(await read(context.id(account)))
        const { url } = await (await sdk.onboarding()).getLinkToAdyenhostedOnboardingPage(proven(holder.legalEntityId), {
          redirectUrl: returnUrl,
        })
        return { account, url: proven(url) }
      },
    },
    find: async (_: AccountInput, context: FindContext): Promise<Account | undefined> => {
      for (let offset = 0; ; offset += 100) {
        // As many pages as an attempt has time for: what was not seen is not absent.
        if (offset === 3_000) throw new VendorRefusal('account:lookup')
        const { items, more } = await page(offset, 100)
        const found = items.find(
          ({ metadata }) => (metadata as Record<string, string> | undefined)?.[own.reference] === context.reference,
        )
        if (found !== undefined) return shown(found, context)
        if (!more) return undefined
      }
    },
    /** The balance account behind an account, and the bank account that it is paid out to. */
    balanceAccountOf: async (id: string) => proven((await withBalanceAccount(await read(id))).primaryBalanceAccount),
    /** Reads only: a balance account is not made for a look. */
    knownBalanceAccountOf: async (id: string) => (await read(id)).primaryBalanceAccount,
    transferInstrumentOf: async (id: string) => {
      const { transferInstruments } = await (await sdk.entities()).getLegalEntity(proven((await read(id)).legalEntityId))
      const instrument = transferInstruments?.[0]?.id
      if (instrument !== undefined) return instrument
      throw new VendorRefusal('account:noBank')
    },
  }
}

function entityOf({ country, email, type, name = '' }: AccountInput, reference: string) {
  const address = { country }
  if (type === 'company')
    return { type: 'organization', reference, organization: defined({ legalName: name, registeredAddress: address, email }) }
  const [firstName = '', ...rest] = name.split(' ')
  const person = { firstName, lastName: rest.join(' ') || firstName }
  return { type: 'individual', reference, individual: defined({ name: person, residentialAddress: address, email }) }
}

/** An account holder does not say when it was made: a list of all would pass for one of the period. */
export function checkAccountList({ since, until }: { since?: string | undefined; until?: string | undefined }) {
  if (since !== undefined || until !== undefined)
    throw refuse('unsupported', 'Adyen does not tell when accounts were made. List all of them.', {
      field: since === undefined ? 'until' : 'since',
      elsewhere: true,
    })
}

export function checkAccount({ name, reference }: AccountInput) {
  if (name === undefined)
    throw refuse('name_needed', 'Adyen needs the name of the seller to make an account.', { field: 'name', elsewhere: true })
  if (isReference(reference))
    throw refuse('invalid_input', 'A reference that looks like one of ours would be taken for it.', { field: 'reference' })
}
