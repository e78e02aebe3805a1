import { toldBy } from '@do/books'
import {
  type Account,
  type PaymentsEvent,
  type Resolved,
  readSubject,
  type Subject,
  settleByEvent,
  subjectOf,
} from '@do/payments'
import { ProviderError, type WireMoney } from '@do/provider'
import { reconcileOne } from '../tenant/reconcile.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { isAwaited, keep } from './keep.ts'

export type MoneyEvent = Exclude<PaymentsEvent, { type: 'unknown' }>

type Kind = Resolved['type']

/** A request that is under way has its answer within a minute, or is settled by what was looked for: so long it is waited for. */
const awaitedMs = 250
const awaitedMost = 8

type Lesson = {
  readonly kind: Kind
  readonly handle: string
  /** When it happened, and of which connected account, as its event said. */
  readonly at?: string
  readonly account?: string
  /** The event said that the access to this account was taken away. */
  readonly lost?: true
  /** How often it was put off. */
  readonly waited?: number
}

/**
 * Notes, in the transaction that keeps the event, that its thing has to be read. Events come late, twice and in any order:
 * what they say is not believed, and several of one thing lead to one reading.
 */
export function learn(tenant: Tenant, event: MoneyEvent): void {
  const { at, account } = event
  const { type, id } = subjectOf(event) as Subject
  lookAt(tenant, type, id, {
    ...(at === undefined ? {} : { at }),
    ...(account === undefined ? {} : { account }),
    ...(event.type === 'account.deauthorized' ? { lost: true } : {}),
  })
}

/** Something may have changed it: it is read again soon. */
export function lookAt(
  tenant: Tenant,
  kind: Kind,
  handle: string,
  more: Omit<Lesson, 'kind' | 'handle'> = {},
  when = tenant.clock.now(),
): void {
  const payload: Lesson = { kind, handle, ...more }
  tenant.jobs.schedule({ name: 'learn', key: `learn/${handle}`, at: when, payload })
}

export function defineLearning(tenant: Tenant): void {
  tenant.jobs.define<Lesson>(
    'learn',
    async (lesson) => {
      const things = await read(tenant, lesson)
      return () => {
        for (const thing of things) take(tenant, lesson, thing)
      }
    },
    // An outage of hours is waited out; after that reconciliation asks for what is missing.
    { attempts: 30, maxBackoffMs: 600_000 },
  )
}

function take(tenant: Tenant, lesson: Lesson, thing: Resolved): void {
  const { kind, handle, at, account, waited = 0 } = lesson
  const more = { ...(at === undefined ? {} : { at }), ...(account === undefined ? {} : { account }) }
  // Its webhook was faster than the answer of the request that makes it: once that is written, there is a record for it.
  if (waited < awaitedMost && isAwaited(tenant, thing))
    lookAt(tenant, kind, handle, { ...more, waited: waited + 1 }, tenant.clock.now() + awaitedMs * 2 ** waited)
  else keep(tenant, thing, more)
}

/** It cannot be read here, now or later. */
const gone: ReadonlySet<string> = new Set(['not_found', 'forbidden', 'provider_not_configured', 'not_configured'])

/** None where the provider knows nothing of it: then its next answer or reconciliation tells. */
async function read(tenant: Tenant, { kind, handle, lost }: Lesson): Promise<readonly Resolved[]> {
  try {
    return [await readSubject((await tenant.live()).payments, { type: kind, id: handle })]
  } catch (error) {
    if (ProviderError.is(error) && error.code === 'unsupported') {
      const told = eventsAbout(tenant, handle)
      await settle(tenant, told)
      return told.flatMap((event) => toldBy(event) ?? [])
    }
    if (ProviderError.is(error) && gone.has(error.code)) return lost ? [{ type: 'account', value: withoutAccess(handle) }] : []
    throw error
  }
}

/** An account that has left the platform can no longer be read: it can do nothing here any more. */
const withoutAccess = (id: string): Account => ({
  id,
  status: 'rejected',
  chargesEnabled: false,
  payoutsEnabled: false,
  requirements: [],
  disabledReason: 'access_removed',
})

/** Of a vendor that cannot be asked: what its verified events have said, in the order they came. */
function eventsAbout(tenant: Tenant, handle: string): MoneyEvent[] {
  const { items } = tenant.events.list({ where: { about: handle }, orderBy: '$createdAt', limit: 100 })
  return items.map(({ event }) => withAmount(event as KeptEvent))
}

/** Nor can it be asked what became of a lost answer: the event that carries its reference says so. */
async function settle(tenant: Tenant, events: readonly MoneyEvent[]): Promise<void> {
  const { payments } = await tenant.live()
  for (const event of events) {
    const wanted = (await tenant.intents.unresolved()).find(({ reference }) => reference === event.reference)
    // Its own answer is still awaited: this is looked at again.
    if (wanted === undefined || tenant.underWay.has(wanted.key)) continue
    const settled = await settleByEvent(payments, event)
    if (settled !== undefined) await reconcileOne(tenant, settled, false)
  }
}

type KeptEvent = Omit<MoneyEvent, 'amount'> & { readonly amount?: WireMoney }

/** Kept events have their amounts as texts. */
const withAmount = ({ amount, ...event }: KeptEvent) =>
  ({ ...event, ...(amount && { amount: { ...amount, amount: BigInt(amount.amount) } }) }) as MoneyEvent
