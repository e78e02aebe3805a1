import { notFound } from '@do/core/full'
import type { Intent } from '@do/provider'
import * as z from 'zod/mini'
import { payoutDeed, refundDeed, transferDeed } from '../money/deeds.ts'
import { reconcileOne } from './reconcile.ts'
import type { Stored, Undertaking } from './records.ts'
import type { Tenant } from './tenant.ts'
import { intentKey } from './undertaking.ts'

/** What somebody wanted once, as it stands: without what it was about. */
export interface IntentView {
  /** `sms.send/<idempotency key>`. */
  readonly id: string
  readonly operation: string
  readonly key: string
  readonly state: Intent['state'] | 'forgotten'
  readonly provider?: string
  readonly attempts: number
  readonly reconciled?: Undertaking['reconciled']
  readonly createdAt: string
}

/** `mayComplete`: it is still wanted, so that a vendor that cannot be asked may be sent the same request under its key. */
const resolving = z.strictObject({ mayComplete: z.optional(z.boolean()) })

export function intentRoutes(tenant: Tenant): void {
  tenant.route('GET', '/intents', async ({ url }) => {
    const all = await recentIntents(tenant, 100)
    const wanted = url.searchParams.get('state')
    const unresolved = (state: string) => state === 'dispatched' || state === 'unknown'
    return {
      items: all.filter(({ state }) => wanted === null || state === wanted || (wanted === 'unresolved' && unresolved(state))),
    }
  })

  /** Asks the vendor now what became of it. The key may hold slashes. */
  tenant.route('POST', '/intents/*', async (context) => {
    const { params } = context
    const rest = decodeURIComponent(params['*'] as string)
    const key = rest.endsWith('/resolve') ? rest.slice(0, -'/resolve'.length) : undefined
    const intent = key === undefined ? undefined : await tenant.intents.get(key)
    if (intent === undefined) throw notFound('This intent')
    if (tenant.underWay.has(intent.key)) return { id: intent.key, effect: 'unknown', reason: 'it is under way' }
    const asked = context.request.headers.has('content-type') ? await context.json(resolving) : {}
    const { effect } = await reconcileOne(tenant, intent, asked.mayComplete)
    return { id: intent.key, effect }
  })
}

const movementOperation = {
  refund: refundDeed.operation,
  transfer: transferDeed.operation,
  payout: payoutDeed.operation,
} as const

/** Newest first. Finished ones leave the intent store after a day; their record stays. */
export async function recentIntents(tenant: Tenant, limit: number): Promise<readonly IntentView[]> {
  const newest = { orderBy: '$createdAt', descending: true, limit } as const
  const records = [
    ...tenant.messages.list({ ...newest, where: { direction: 'outbound' } }).items.map((record) => ['sms.send', record] as const),
    ...tenant.calls
      .list({ ...newest, where: { direction: 'outbound' } })
      .items.map((record) => ['telephony.calls.make', record] as const),
    ...tenant.purchases.list(newest).items.map((record) => ['telephony.numbers.buy', record] as const),
    ...tenant.payments.list(newest).items.map((record) => ['payments.payments.create', record] as const),
    ...tenant.movements.list(newest).items.map((record) => [movementOperation[record.kind], record] as const),
    ...tenant.sellers.list(newest).items.map((record) => ['payments.accounts.create', record] as const),
  ]
  // What was refused before anything was begun never became an intent.
  const begun = records.filter(
    ([, { key, trail, handle, error }]) => key !== undefined && (trail.length > 0 || handle !== undefined || error === undefined),
  )
  const sorted = begun.sort(([, a], [, b]) => (a.$createdAt < b.$createdAt ? 1 : -1)).slice(0, limit)
  return Promise.all(sorted.map(([operation, record]) => viewOf(tenant, operation, record)))
}

export async function viewOf(tenant: Tenant, operation: string, record: Stored<Undertaking>): Promise<IntentView> {
  const key = record.key as string
  const intent = await tenant.intents.get(intentKey(operation, key))
  const provider = intent?.provider ?? record.provider
  return {
    id: intentKey(operation, key),
    operation,
    key,
    state: intent?.state ?? 'forgotten',
    ...(provider === undefined ? {} : { provider }),
    attempts: intent?.attempts ?? 0,
    ...(record.reconciled === undefined ? {} : { reconciled: record.reconciled }),
    createdAt: record.$createdAt,
  }
}
