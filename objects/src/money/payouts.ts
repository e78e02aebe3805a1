import { problem } from '@do/core/full'
import { payments } from '@do/payments'
import { ProviderError } from '@do/provider'
import * as z from 'zod/mini'
import { whoOf } from '../tenant/access.ts'
import { shownSchedule } from '../tenant/shown.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { answerOnce, askedOf, wantOnce } from './asking.ts'
import { payoutDeed } from './deeds.ts'
import { wire } from './wire.ts'

const name = 'payout'
const { operations } = payments

const asked = z.strictObject({
  /** Which provider's balance; needed where the tenant has several. */
  provider: z.optional(z.string()),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/, 'must be a currency such as "EUR"')),
  /** Left in the account, and the least that is worth a payout: minor units, as text. */
  keep: z._default(z.string().check(z.regex(/^\d{1,18}$/, 'must be minor units as text')), '0'),
  minimum: z._default(z.string().check(z.regex(/^\d{1,18}$/, 'must be minor units as text')), '1'),
})
const plan = z.extend(asked, {
  /** As `$.every` takes it: `every Friday at 5pm`. */
  every: z.string().check(z.minLength(1), z.maxLength(200)),
  /** IANA name. Default UTC. */
  timezone: z.optional(z.string()),
})
type Asked = z.infer<typeof asked>

/** Faults that time heals: the same step is tried again. */
const passing: ReadonlySet<string> = new Set(['provider', 'network', 'credential', 'cancelled'])

/** Pays out what is available: at a time of the tenant's own, each time once. */
export function definePayouts(tenant: Tenant): void {
  tenant.$actions.define<Asked>(name, {
    input: asked,
    retries: { attempts: 10, backoffMs: 1_000, maxBackoffMs: 3_600_000 },
    run: async ({ provider, currency, keep, minimum }, step) => {
      const which = provider === undefined ? {} : { provider }
      const available = await step.do(
        'balance',
        async () => {
          const balance = await (await tenant.live()).payments.balance.get(which)
          return (balance.available.find((one) => one.currency === currency)?.amount ?? 0n).toString()
        },
        { sideEffect: 'none' },
      )
      const amount = BigInt(available) - BigInt(keep)
      if (amount < BigInt(minimum) || amount <= 0n) return { paid: null, available }
      const input = askedOf(operations.payouts.create.input, { ...which, amount: wire({ amount, currency }) })
      const pay = async (key: string) => {
        const wish = { key: `${name}/${key}`, asked: input, fresh: { kind: 'payout' as const } }
        try {
          const { record } = await wantOnce(tenant, payoutDeed, tenant.movements, wish)
          return { paid: record.$id, available }
        } catch (error) {
          // The vendor has said no, and says so again under this key: the next run looks at the balance anew.
          if (!ProviderError.is(error) || error.effect !== 'none' || passing.has(error.fault)) throw error
          tenant.note('runtime', 'payout.refused', error.code)
          return { paid: null, available, refused: error.code }
        }
      }
      return step.do('pay', ({ key }) => pay(key), { sideEffect: 'idempotent' })
    },
  })
}

export function payoutRoutes(tenant: Tenant): void {
  tenant.route('POST', '/payouts', async (context) => {
    const wish = askedOf(operations.payouts.create.input, await context.json())
    return answerOnce(tenant, context, 'movements', payoutDeed, tenant.movements, {
      asked: wish,
      fresh: { kind: 'payout' },
    })
  })

  const planned = () => {
    const schedule = tenant.$schedules.get(name)
    if (schedule === undefined) throw problem(404, 'not_found', 'There is no schedule for payouts.')
    const { items } = tenant.$schedules.history({ name, limit: 100 })
    const { id: _, ...shown } = shownSchedule(schedule, items[0])
    return { ...shown, runs: items }
  }
  tenant.route('GET', '/payouts/schedule', planned)
  tenant.route('PUT', '/payouts/schedule', async (context) => {
    const { every, timezone, ...wish } = await context.json(plan)
    tenant.transaction(() => {
      tenant.$schedules.every(every, name, wish, { name, ...(timezone === undefined ? {} : { timezone }) })
      tenant.note(whoOf(context), 'schedule.put', `payouts ${every}`)
    })
    return planned()
  })
  tenant.route('DELETE', '/payouts/schedule', (context) => {
    if (!tenant.$schedules.delete(name)) throw problem(404, 'not_found', 'There is no schedule for payouts.')
    tenant.note(whoOf(context), 'schedule.deleted', 'payouts')
    return undefined
  })
}
