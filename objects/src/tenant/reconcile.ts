import { type Intent, type ProviderBase, ProviderError, reconcileIntent, type Settlement, type TrailEntry } from '@do/provider'
import { paymentDeed, payoutDeed, refundDeed, sellerDeed, transferDeed } from '../money/deeds.ts'
import { callDeed } from './calls.ts'
import type { InterfaceName } from './config.ts'
import type { Live } from './live.ts'
import { messageDeed } from './messages.ts'
import { purchaseDeed } from './numbers.ts'
import type { Stored } from './records.ts'
import type { Tenant } from './tenant.ts'
import { annotate, conclude, type Deed, intentKey, undertake, type Wanted, working } from './undertaking.ts'

/** Longer than any call may take: by then nobody is waiting any more. */
const guardMs = 45_000
const firstWaitMs = 2_000
const longestWaitMs = 600_000
/** Somebody who lost the connection is still waiting for it; after this long they are not. */
const resumeMs = 900_000

type AnyDeed = Deed<Wanted, unknown>

/** Everything that is wanted once. A function, because these modules know each other. */
const deeds = (): readonly AnyDeed[] => [
  messageDeed,
  callDeed,
  purchaseDeed,
  paymentDeed,
  refundDeed,
  transferDeed,
  payoutDeed,
  sellerDeed,
]

interface Round {
  /** How often nothing could be settled, in a row. */
  readonly vain: number
}

/**
 * Makes sure that somebody looks after what is about to be begun, also if this process dies at once and nobody ever asks
 * again: the alarm stands before the request goes out.
 */
export function guard(tenant: Tenant): void {
  if (tenant.jobs.list({ name: 'reconcile', state: 'waiting', limit: 1 }).length > 0) return
  tenant.jobs.schedule({ name: 'reconcile', at: tenant.clock.now() + guardMs, payload: { vain: 0 } })
}

/** An outcome is unknown: the vendor is asked again shortly, and with growing pauses after that. */
export function soon(tenant: Tenant): void {
  tenant.jobs.schedule({ name: 'reconcile', at: tenant.clock.now() + firstWaitMs, payload: { vain: 0 }, key: 'reconcile/soon' })
}

/** On wake: what an earlier incarnation left behind is settled now, not when its guard falls due. */
export async function wake(tenant: Tenant): Promise<void> {
  if (!tenant.$exists) return
  if ((await tenant.intents.unresolved()).length === 0 && leftBehind(tenant).length === 0) return
  tenant.jobs.schedule({ name: 'reconcile', payload: { vain: 0 }, key: 'reconcile/wake' })
}

export function defineReconciliation(tenant: Tenant): void {
  tenant.jobs.define<Round>('reconcile', async ({ vain }) => {
    const left = await reconcileAll(tenant)
    if (left === 0) return
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** vain)
    return () =>
      void tenant.jobs.schedule({
        name: 'reconcile',
        at: tenant.clock.now() + wait,
        payload: { vain: vain + 1 },
        key: 'reconcile/again',
      })
  })
}

/** Settles every intent that nobody here is working on. Answers how many stay open. */
export async function reconcileAll(tenant: Tenant): Promise<number> {
  const idle = (key: string) => !tenant.underWay.has(key)
  const unresolved = (await tenant.intents.unresolved()).filter(({ key }) => idle(key))
  const outcomes = await Promise.all(unresolved.map((intent) => reconcileOne(tenant, intent)))
  const resumed = await resumeInterrupted(tenant)
  const busy = tenant.underWay.size
  return outcomes.filter(({ effect }) => effect === 'unknown').length + resumed + busy
}

/**
 * Asks the vendor what became of one intent, and writes it down where it belongs. Where the vendor has nothing to look in, it is
 * completed under its key only while it is certainly still wanted, or where somebody says so.
 */
export function reconcileOne(
  tenant: Tenant,
  intent: Intent,
  mayComplete = isInterrupted(tenant, intent),
): Promise<Settlement<unknown>> {
  return working(tenant, intent.key, async () => {
    try {
      const live = await tenant.live()
      const settlement = await reconcileIntent(providerOf(live, intent), intent, { mayComplete })
      write(tenant, intent, settlement)
      return settlement
    } catch (error) {
      // The provider cannot be asked now (no credential, no connection): it stays open and is asked again.
      if (ProviderError.is(error)) return { effect: 'unknown' }
      throw error
    }
  })
}

function providerOf(live: Live, { operation }: Intent): ProviderBase {
  const name = operation.slice(0, operation.indexOf('.')) as InterfaceName
  return live[name]
}

function write(tenant: Tenant, intent: Intent, settlement: Settlement<unknown>): void {
  const place = recordOf(tenant, intent)
  if (place === undefined) return
  const { deed, record } = place
  if (settlement.effect === 'unknown') {
    // Looked at, still open: on the record it is unknown, and only the first time is news.
    if (record.status !== 'unknown') conclude(tenant, deed, record.$id, settlement, trailOf(tenant, intent, settlement))
    return
  }
  const interrupted = record.status === 'pending'
  tenant.note('runtime', 'intent.reconciled', `${intent.operation}: ${settlement.effect}`)
  if (interrupted && settlement.effect === 'none' && isYoung(tenant, record)) {
    // It stays pending: `resumeInterrupted` does it now.
    annotate(tenant, deed, record.$id, settlement, trailOf(tenant, intent, settlement, interrupted))
    return
  }
  conclude(tenant, deed, record.$id, settlement, trailOf(tenant, intent, settlement, interrupted), true)
}

/** What the record did not get to hear, because the process that knew it is gone. */
function trailOf(tenant: Tenant, intent: Intent, { effect }: Settlement<unknown>, interrupted = false): TrailEntry[] {
  const provider = intent.provider ?? 'unknown'
  const lost: TrailEntry[] = interrupted
    ? [
        {
          provider,
          action: 'attempt',
          at: intent.since ?? intent.createdAt,
          effect: 'unknown',
          code: 'interrupted',
          reason: 'the process ended before the answer came',
        },
      ]
    : []
  const reason = { done: 'found', none: 'not found', unknown: 'no answer' }[effect]
  return [...lost, { provider, action: 'lookup', at: tenant.clock.now(), reason }]
}

type Place = { readonly deed: AnyDeed; readonly record: Stored<Wanted> }

function recordOf(tenant: Tenant, { key, operation }: Intent): Place | undefined {
  const deed = deeds().find((candidate) => candidate.operation === operation)
  const record = deed?.books(tenant).list({ where: { key: key.slice(operation.length + 1) }, limit: 1 }).items[0]
  return deed === undefined || record === undefined ? undefined : { deed, record }
}

/** Nobody was told anything: whoever wanted it lost the connection, not the wish. */
function isInterrupted(tenant: Tenant, intent: Intent): boolean {
  const record = recordOf(tenant, intent)?.record
  return record?.status === 'pending' && isYoung(tenant, record)
}

const isYoung = (tenant: Tenant, record: Stored<object>) => tenant.clock.now() - Date.parse(record.$createdAt) <= resumeMs

/** Begun by an incarnation that is gone; the record does not say what became of it, though the intent may. */
function leftBehind(tenant: Tenant): Place[] {
  return deeds().flatMap((deed) =>
    ['pending', 'unknown'].flatMap((status) =>
      deed
        .books(tenant)
        .list({ where: { status }, limit: 1_000 })
        .items.filter((record) => !tenant.underWay.has(intentKey(deed.operation, record.key as string)))
        .map((record) => ({ deed, record })),
    ),
  )
}

/**
 * What was wanted but provably not begun, or not done, is done now: whoever wanted it lost the connection, not the wish.
 * After a quarter of an hour it is reported as failed instead, since a late message is worse than a repeated question.
 */
async function resumeInterrupted(tenant: Tenant): Promise<number> {
  let left = 0
  for (const { deed, record } of leftBehind(tenant)) {
    const intent = await tenant.intents.get(intentKey(deed.operation, record.key as string))
    const wasTold = record.status === 'unknown'
    if (intent?.state === 'dispatched' || intent?.state === 'unknown') {
      left += 1
    } else if (wasTold && intent === undefined) {
      // Settled so long ago that the intent is gone: nobody can say any more, and nothing is sent again.
    } else if (intent?.state !== 'done' && (wasTold || !isYoung(tenant, record))) {
      conclude(tenant, deed, record.$id, { effect: 'none' }, [], true)
    } else {
      // A failure is written on the record by `undertake` itself.
      await undertake(tenant, deed, record).catch(() => {})
    }
  }
  return left
}
