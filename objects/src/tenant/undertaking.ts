import { type Collection, type Json, problem, type Query, type RequestContext } from '@do/core/full'
import { type CallOptions, type Page, ProviderError, type Settlement, type TrailEntry } from '@do/provider'
import type { Live } from './live.ts'
import { guard, soon } from './reconcile.ts'
import type { RecordedError, Stored, Undertaking } from './records.ts'
import type { Tenant } from './tenant.ts'

/** The books of one kind, as far as they are the same for all kinds. */
export interface Books<R> {
  get(id: string): Stored<R> | undefined
  list(query: Query): Page<Stored<R>>
  update(id: string, change: object): Stored<R>
  upsert(id: string, value: object): Stored<R>
}

/** One kind of thing that is wanted once: how it is done, and what is written about it. */
export interface Deed<R extends Wanted, Output> {
  /** Dotted, with the interface: `sms.send`. */
  readonly operation: string
  books(tenant: Tenant): Books<R>
  perform(live: Live, record: Stored<R>, options: CallOptions): Promise<Output>
  /** What the record says once it is done. */
  done(record: Stored<R>, output: Output): Partial<R> & { readonly status: R['status'] }
  /** What follows from it elsewhere in the tenant, in the same transaction. */
  after?(tenant: Tenant, record: Stored<R>, output: Output): void
}

export type Wanted = Undertaking & { readonly status: string }

/** The caller's `idempotency-key`, or one of our own when there is none. */
export function keyOf({ request }: RequestContext): string {
  const given = request.headers.get('idempotency-key')
  if (given === null) return crypto.randomUUID()
  if (!/^[\x21-\x7e]{1,128}$/.test(given)) {
    throw problem(400, 'invalid_idempotency_key', 'The idempotency key must be 1 to 128 printable characters without spaces.', {
      field: 'idempotency-key',
    })
  }
  return given
}

/** The record of this key, made now if there is none. The same key with another wish is refused. */
export function opened<R extends Undertaking>(
  books: Collection<R>,
  fresh: R,
): { readonly record: Stored<R>; readonly isNew: boolean } {
  const known = books.list({ where: { key: fresh.key as string }, limit: 1 }).items[0]
  if (known === undefined) return { record: books.insert(fresh), isNew: true }
  if (JSON.stringify(known.asked) !== JSON.stringify(fresh.asked)) {
    throw problem(409, 'idempotency_key_reused', 'This idempotency key was used for something else. Use a new key.', {
      field: 'idempotency-key',
    })
  }
  return { record: known, isNew: false }
}

export const intentKey = (operation: string, key: string) => `${operation}/${key}`

/** Does it once, whatever happens, and writes down what became of it. Whoever asks meanwhile waits for the same. */
export async function undertake<R extends Wanted, Output>(
  tenant: Tenant,
  deed: Deed<R, Output>,
  record: Stored<R>,
): Promise<Stored<R>> {
  const intent = intentKey(deed.operation, record.key as string)
  for (let other = tenant.underWay.get(intent); other !== undefined; other = tenant.underWay.get(intent))
    await other.catch(() => {})
  const known = deed.books(tenant).get(record.$id) ?? record
  if (known.handle !== undefined) return known
  return working(tenant, intent, () => perform(tenant, deed, known))
}

/** While this runs, nobody else works on the intent. */
export async function working<T>(tenant: Tenant, intent: string, run: () => Promise<T>): Promise<T> {
  const mine = run()
  tenant.underWay.set(intent, mine)
  try {
    return await mine
  } finally {
    tenant.underWay.delete(intent)
  }
}

async function perform<R extends Wanted, Output>(tenant: Tenant, deed: Deed<R, Output>, record: Stored<R>): Promise<Stored<R>> {
  let trail: readonly TrailEntry[] = []
  guard(tenant)
  try {
    const live = await tenant.live()
    const output = await deed.perform(live, record, {
      idempotencyKey: record.key as string,
      onTrail: (entries) => {
        trail = [...entries]
      },
    })
    return conclude(tenant, deed, record.$id, { effect: 'done', value: output }, trail)
  } catch (error) {
    if (ProviderError.is(error)) writeError(tenant, deed, record.$id, error, trail)
    throw error
  }
}

const notDone: RecordedError = {
  code: 'not_done',
  message: 'The vendor did not do it. Repeat with the same key to try again.',
  effect: 'none',
  fault: 'network',
}

/** What became of an undertaking, at once or when it was reconciled. */
export function conclude<R extends Wanted, Output>(
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
    trail: [...known.trail, ...trail],
    ...(reconciled ? { reconciled: { effect: settlement.effect, at: tenant.now() } } : {}),
  }
  return tenant.transaction(() => {
    if (settlement.effect === 'none') return books.update(id, { ...more, ...withStatus(tenant, known, 'failed'), error: notDone })
    if (settlement.effect === 'unknown') return books.update(id, { ...more, ...withStatus(tenant, known, 'unknown') })
    const facts = deed.done(known, settlement.value)
    const { error: _, ...rest } = { ...known, ...more, ...facts, ...withStatus(tenant, known, facts.status) }
    const written = books.upsert(id, rest)
    deed.after?.(tenant, written, settlement.value)
    return books.get(id) as Stored<R>
  })
}

/** Notes what was found out, without ending anything. */
export function annotate<R extends Wanted, Output>(
  tenant: Tenant,
  deed: Deed<R, Output>,
  id: string,
  { effect }: Settlement<Output>,
  trail: readonly TrailEntry[],
): void {
  const books = deed.books(tenant)
  const known = books.get(id) as Stored<R>
  books.update(id, { trail: [...known.trail, ...trail], reconciled: { effect, at: tenant.now() } })
}

function writeError<R extends Wanted, Output>(
  tenant: Tenant,
  deed: Deed<R, Output>,
  id: string,
  { code, message, effect, fault, handle }: ProviderError,
  trail: readonly TrailEntry[],
): void {
  // Somebody else is at the same intent and writes about it.
  if (code === 'intent_taken') return
  const books = deed.books(tenant)
  const known = books.get(id)
  if (known === undefined) return
  const error: RecordedError = { code, message, effect, fault }
  if (effect === 'unknown') soon(tenant)
  const status = withStatus(tenant, known, effect === 'unknown' ? 'unknown' : 'failed')
  // What the vendor kept although it refused: later news are about this record.
  const kept = handle === undefined ? {} : { handle, provider: handle.slice(0, handle.indexOf(':')) }
  books.update(id, { trail: [...known.trail, ...trail], error, ...kept, ...status })
}

/** The new status with its place in the history; nothing when it is the same. */
export function withStatus<Status extends string>(
  tenant: Tenant,
  known: Wanted,
  status: Status,
): { readonly status: Status; readonly history?: Undertaking['history'] } {
  if (known.status === status) return { status }
  return { status, history: [...known.history, { status, at: tenant.now() }] }
}

/** A record as the API shows it. */
export function viewOf<R extends Undertaking>(record: Stored<R>): Json {
  const { $id, $version, $createdAt, $updatedAt, asked: _, ...rest } = record
  return { id: $id, ...rest, version: $version, createdAt: $createdAt, updatedAt: $updatedAt } as Json
}
