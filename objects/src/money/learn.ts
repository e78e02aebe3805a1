import type { PaymentsEvent, Resolved } from '@do/payments'
import { ProviderError } from '@do/provider'
import type { Live } from '../tenant/live.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { isAwaited, keep } from './keep.ts'

export type MoneyEvent = Exclude<PaymentsEvent, { type: 'unknown' }>

type Kind = Resolved['type']

const awaitedMs = 250

interface Lesson {
  readonly kind: Kind
  readonly handle: string
}

/** Which field of an event names its thing, and what it is. */
const subjects = {
  'payment.updated': ['payment', 'payment'],
  'refund.updated': ['refund', 'refund'],
  'dispute.updated': ['dispute', 'dispute'],
  'checkout.updated': ['checkout', 'checkout'],
  'subscription.updated': ['subscription', 'subscription'],
  'invoice.updated': ['invoice', 'invoice'],
  'transfer.updated': ['transfer', 'transfer'],
  'payout.updated': ['payout', 'payout'],
  'account.updated': ['connected', 'account'],
  'account.deauthorized': ['connected', 'account'],
} as const satisfies Readonly<Record<MoneyEvent['type'], readonly [string, Kind]>>

/** The handle that an event is about. */
export function moneyHandle(event: { readonly type: string }): string | undefined {
  const subject = (subjects as Readonly<Record<string, readonly [string, Kind]>>)[event.type]
  return subject === undefined ? undefined : ((event as unknown as Record<string, unknown>)[subject[0]] as string)
}

/**
 * Notes, in the transaction that keeps the event, that its thing has to be read. Events come late, twice and in any order:
 * what they say is not believed, and several of one thing lead to one reading.
 */
export function learn(tenant: Tenant, event: MoneyEvent): void {
  lookAt(tenant, subjects[event.type][1], moneyHandle(event) as string)
}

/** Something may have changed it: it is read again soon. */
export function lookAt(tenant: Tenant, kind: Kind, handle: string, at = tenant.clock.now()): void {
  tenant.jobs.schedule({ name: 'learn', key: `learn/${handle}`, at, payload: { kind, handle } satisfies Lesson })
}

export function defineLearning(tenant: Tenant): void {
  tenant.jobs.define<Lesson>('learn', async (lesson) => {
    const thing = await read(await tenant.live(), lesson)
    if (thing === undefined) return undefined
    return () => {
      // Its webhook was faster than the answer of the request that makes it: once that is written, there is a record for it.
      if (isAwaited(tenant, thing)) lookAt(tenant, lesson.kind, lesson.handle, tenant.clock.now() + awaitedMs)
      else keep(tenant, thing)
    }
  })
}

/** It cannot be read here, now or later. */
const gone: ReadonlySet<string> = new Set(['unsupported', 'not_found', 'provider_not_configured', 'not_configured'])

/** Undefined where the provider cannot be asked for it: then its next answer or reconciliation tells. */
async function read({ payments }: Live, { kind, handle }: Lesson): Promise<Resolved | undefined> {
  const field = { account: 'connected' }[kind as 'account'] ?? kind
  const event = { type: `${kind}.updated`, eventId: handle, [field]: handle }
  try {
    return await payments.resolve(event as unknown as MoneyEvent)
  } catch (error) {
    if (ProviderError.is(error) && gone.has(error.code)) return undefined
    throw error
  }
}
