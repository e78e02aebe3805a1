import { AsyncLocalStorage } from 'node:async_hooks'

/** What the transport saw of one attempt. SDK errors lose most of this; the transport does not. */
export interface AttemptRecord {
  /** How many mutating requests this attempt may send. A vendor SDK that retries by itself meets this bound. */
  readonly mutations: number
  /** Aborts at the attempt's deadline; the transport passes it to every request. */
  readonly signal: AbortSignal
  /** What `strays()` was when the attempt began. */
  readonly straysBefore: number
  /** HTTP requests sent. */
  requests: number
  /** Requests sent that may change something. */
  mutated: number
  /** The last request may change something. */
  changing: boolean
  /** A request before the last one may have made the thing: what the last one was answered is no proof then. */
  doubtful: boolean
  status: number | undefined
  headers: Headers | undefined
  /** How the last request failed on the network. `refused`: it provably never reached the vendor. */
  network: 'refused' | 'broken' | undefined
}

const current = new AsyncLocalStorage<AttemptRecord>()

export function runAttempt<T>(record: AttemptRecord, run: () => Promise<T>): Promise<T> {
  return current.run(record, run)
}

export function attemptRecord(): AttemptRecord | undefined {
  return current.getStore()
}

let strayCount = 0

/** Changing requests that went out under no attempt: through the escape hatch, or by an SDK that lost the async context. */
export const strays = (): number => strayCount

export function noteStray(): void {
  strayCount += 1
}

/**
 * Has this attempt provably sent nothing? Not if a request without an owner went out meanwhile: it may have been this
 * attempt's, sent by an SDK that queues its work outside the caller's async context.
 */
export function sentNothing(record: AttemptRecord): boolean {
  return record.requests === 0 && record.straysBefore === strayCount
}

/** Statuses that vendors document as "not executed". */
export const notExecuted: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 429])

/** Notes that the attempt goes on to another request, after one that may have acted. */
export function nextRequest(record: AttemptRecord, changing: boolean): void {
  const refused = record.network === 'refused' || (record.status !== undefined && notExecuted.has(record.status))
  if (record.changing && !refused) record.doubtful = true
  record.changing = changing
  record.requests += 1
  if (changing) record.mutated += 1
  record.status = undefined
  record.headers = undefined
  record.network = undefined
}
