import { AsyncLocalStorage } from 'node:async_hooks'

/** What the transport saw of one attempt. SDK errors lose most of this; the transport does not. */
export interface AttemptRecord {
  /** How many mutating requests this attempt may send. A vendor SDK that retries by itself meets this bound. */
  readonly mutations: number
  /** Aborts at the attempt's deadline; the transport passes it to every request. */
  readonly signal: AbortSignal
  /** HTTP requests sent. */
  requests: number
  /** Requests sent that may change something. */
  mutated: number
  status?: number
  headers?: Headers
  /** How the last request failed on the network. `refused`: it provably never reached the vendor. */
  network?: 'refused' | 'broken'
}

const current = new AsyncLocalStorage<AttemptRecord>()

export function runAttempt<T>(record: AttemptRecord, run: () => Promise<T>): Promise<T> {
  return current.run(record, run)
}

export function attemptRecord(): AttemptRecord | undefined {
  return current.getStore()
}
