import { type Collection, type Json, problem, type RequestContext } from '@do/core'
import { type CallOptions, ProviderError, type Settlement, type TrailEntry } from '@do/provider'
import type { ChangeKind } from './feed.ts'
import type { Live } from './live.ts'
import type { RecordedError, Stored, Undertaking } from './records.ts'
import { guard, soon } from './reconcile.ts'
import type { Tenant } from './tenant.ts'

/** One kind of thing that is wanted once: how it is done, and what is written about it. */
export interface Deed<R extends Undertaking, Output> {
  /** Dotted, with the interface: `sms.send`. */
  readonly operation: string
  readonly kind: ChangeKind
  readonly failed: string
  books(tenant: Tenant): Collection<R>
  perform(live: Live, record: Stored<R>, options: CallOptions): Promise<Output>
  /** What the record says once it is done. */
  done(record: Stored<R>, output: Output, tenant: Tenant): Partial<R>
  /** What follows from it elsewhere in the tenant, in the same transaction. */
  after?(tenant: Tenant, record: Stored<R>, output: Output): void
}

/** The caller's `idempotency-key`, or one of our own when there is none. */
export function keyOf({ request }: RequestContext): string {
  const given = request.headers.get('idempotency-key')
  if (given === null) return crypto.randomUUID()
  if (!/^[\x21-\x7e]{1,128}$/.test(given)) {
    throw problem(400, 'invalid_idempotency_key', 'The idempotency key must be 1 to 128 printable characters without spaces.', { field: 'idempotency-key' })
  }
  return given
}

/** The record of this key, made now if there is none. The same key with another wish is refused. */
export function opened<R extends Undertaking>(books: Collection<R>, fresh: R): { readonly record: Stored<R>; readonly isNew: boolean } {
  const known = books.list({ where: { key: fresh.key as string }, limit: 1 }).items[0]
  if (known === undefined) return { record: books.insert(fresh), isNew: true }
  if (JSON.stringify(known.asked) !== JSON.stringify(fresh.asked)) {
    throw problem(409, 'idempotency_key_reused', 'This idempotency key was used for something else. Use a new key.', { field: 'idempotency-key' })
  }
  return { record: known, isNew: false }
}

export const intentKey = (operation: string, key: string) => `${operation}/${key}`

/** Does it once, whatever happens, and writes down what became of it. */
export async function undertake<R extends Undertaking, Output>(tenant: Tenant, deed: Deed<R, Output>, record: Stored<R>): Promise<Stored<R>> {
  const live = await tenant.live()
  const intent = intentKey(deed.operation, record.key as string)
  let trail: readonly TrailEntry[] = []
  guard(tenant)
  tenant.underWay.add(intent)
  try {
    const output = await deed.perform(live, record, { idempotencyKey: record.key as string, onTrail: (entries) => (trail = [...entries]) })
    return conclude(tenant, deed, record.$id, { effect: 'done', value: output }, trail)
  } catch (error) {
    if (ProviderError.is(error)) writeError(tenant, deed, record.$id, error, trail)
    throw error
  } finally {
    tenant.underWay.delete(intent)
  }
}

/** What became of an undertaking, at once or when it was reconciled. */
export function conclude<R extends Undertaking, Output>(
  tenant: Tenant,
  deed: Deed<R, Output>,
  id: string,
  settlement: Settlement<Output>,
  trail: readonly TrailEntry[],
  reconciled = false,
): Stored<R> {
  const books = deed.books(tenant)
  const known = books.get(id) as Stored<R>
  const more = {
    trail: [...known.trail, ...trail] as unknown,
    ...(reconciled ? { reconciled: { effect: settlement.effect, at: tenant.now() } } : {}),
  } as Partial<R>
  const record = tenant.transaction(() => {
    if (settlement.effect !== 'done') {
      const status = settlement.effect === 'none' ? deed.failed : 'unknown'
      const error = { code: 'not_done', message: 'The vendor did not do it. Repeat with the same key to try again.', effect: 'none', fault: 'network' }
      return books.update(id, { ...more, ...withStatus(tenant, known, status), ...(settlement.effect === 'none' ? { error } : {}) } as Partial<R>)
    }
    const facts = deed.done(known, settlement.value, tenant)
    const status = (facts as { status?: string }).status as string
    const { error: _, ...rest } = { ...known, ...more, ...facts, ...withStatus(tenant, known, status) }
    const updated = books.upsert(id, rest as unknown as R)
    deed.after?.(tenant, updated, settlement.value)
    return books.get(id) as Stored<R>
  })
  tenant.changed(deed.kind, record)
  return record
}

/** Notes what was found out, without ending anything. */
export function annotate<R extends Undertaking, Output>(
  tenant: Tenant,
  deed: Deed<R, Output>,
  id: string,
  { effect }: Settlement<Output>,
  trail: readonly TrailEntry[],
): void {
  const books = deed.books(tenant)
  const known = books.get(id) as Stored<R>
  const change = { trail: [...known.trail, ...trail], reconciled: { effect, at: tenant.now() } }
  tenant.changed(deed.kind, books.update(id, change as unknown as Partial<R>))
}

function writeError<R extends Undertaking, Output>(
  tenant: Tenant,
  deed: Deed<R, Output>,
  id: string,
  error: ProviderError,
  trail: readonly TrailEntry[],
): void {
  // Somebody else is at the same intent and writes about it.
  if (error.code === 'intent_taken') return
  const books = deed.books(tenant)
  const known = books.get(id)
  if (known === undefined) return
  const recorded: RecordedError = { code: error.code, message: error.message, effect: error.effect, fault: error.fault }
  const status = error.effect === 'unknown' ? 'unknown' : deed.failed
  if (error.effect === 'unknown') soon(tenant)
  const change = { trail: [...known.trail, ...trail], error: recorded, ...withStatus(tenant, known, status) }
  tenant.changed(deed.kind, books.update(id, change as unknown as Partial<R>))
}

/** The new status with its place in the history; nothing when it is the same. */
export function withStatus(tenant: Tenant, known: Undertaking & { readonly status?: unknown }, status: string): object {
  if (known.status === status) return { status }
  return { status, history: [...known.history, { status, at: tenant.now() }] }
}

/** A record as the API shows it. */
export function viewOf<R extends Undertaking>(record: Stored<R>): Json {
  const { $id, $version, $createdAt, $updatedAt, asked: _, ...rest } = record
  return { id: $id, ...rest, version: $version, createdAt: $createdAt, updatedAt: $updatedAt } as Json
}
