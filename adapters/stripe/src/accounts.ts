import type { Account, Requirement } from '@do/payments'
import type { FindContext } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient, StripeOptions } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import type { Scope } from './scope.ts'
import { created, defined, instant, page, proven } from './shape.ts'
import { accountStatus } from './status.ts'

/** https://docs.stripe.com/api/accounts/object */
export function accountOf(given: Stripe.Account, { handle }: Pick<Scope, 'handle'>): Account {
  const account = proven(given, 'account')
  return defined({
    id: handle(account.id),
    status: accountStatus(account),
    chargesEnabled: account.charges_enabled,
    payoutsEnabled: account.payouts_enabled,
    requirements: requirementsOf(account),
    disabledReason: account.requirements?.disabled_reason ?? undefined,
    country: account.country,
    email: account.email ?? undefined,
    ...metadataOf(account.metadata),
    createdAt: instant(account.created),
    raw: account,
  })
}

/** Strictest first: what is past due is also listed as currently due, and that as eventually due. */
const states = ['past_due', 'currently_due', 'pending_verification', 'eventually_due'] as const

/** https://docs.stripe.com/connect/handling-api-verification. Future requirements come with the date they begin at. */
function requirementsOf({ requirements, future_requirements }: Stripe.Account): Requirement[] {
  const known = new Map<string, Requirement>()
  for (const lists of [requirements, future_requirements]) {
    const dueAt = instant(lists?.current_deadline)
    for (const state of states) {
      for (const code of lists?.[state] ?? []) {
        if (known.has(code)) continue
        const future = lists === future_requirements && state !== 'pending_verification'
        const dated = dueAt !== undefined && (future || state === 'currently_due' || state === 'past_due')
        known.set(code, { code, state: future ? 'eventually_due' : state, ...(dated ? { dueAt } : {}) })
      }
    }
  }
  return [...known.values()]
}

export function accountOperations(client: GetClient, options: StripeOptions['accounts'] = {}): Operations['accounts'] {
  const { dashboard = 'express', fees = 'application', losses = 'application', requirements = 'stripe' } = options
  return {
    create: async (input, context) => {
      const body = defined({
        country: input.country,
        email: input.email,
        business_type: input.type,
        business_profile: input.name === undefined ? undefined : { name: input.name },
        // `type` is deprecated: https://docs.stripe.com/connect/migrate-to-controller-properties
        controller: {
          stripe_dashboard: { type: dashboard },
          fees: { payer: fees },
          losses: { payments: losses },
          requirement_collection: requirements,
        },
        capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
        metadata: metadataFor(input, context.reference),
      })
      return accountOf(await (await client()).accounts.create(body, { idempotencyKey: context.key }), context)
    },
    get: async (input, context) => accountOf(await (await client()).accounts.retrieve(context.id(input)), context),
    list: async (input, context) => {
      const { accounts } = await client()
      const filter = created(input)
      return page(
        input,
        (paging) => accounts.list({ ...filter, ...paging }),
        (one) => accountOf(one, context),
      )
    },
    onboardingLink: async (input, context) => {
      const link = await (await client()).accountLinks.create({
        account: context.id(input.account),
        type: 'account_onboarding',
        return_url: input.returnUrl,
        refresh_url: input.refreshUrl,
      })
      if (typeof link.url !== 'string') throw new Error('The answer has no link.')
      return defined({ account: input.account, url: link.url, expiresAt: instant(link.expires_at) })
    },
  }
}

export const accountFinders = (client: GetClient): Finders => ({
  'accounts.create': async (_: unknown, context: FindContext) => {
    const { accounts } = await client()
    const found = await referenced(context, (paging) => accounts.list({ ...paging }))
    return found && accountOf(found, context)
  },
})
