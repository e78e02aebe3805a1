import type { Kernel } from '../kernel/types.ts'
import type { Breakers } from './breakers.ts'
import type { Definitions } from './definitions.ts'
import type { Journal } from './journal.ts'
import type { RunRow } from './run-row.ts'
import type { Signals } from './signals.ts'
import type { RunTable } from './table.ts'
import type { Retries } from './types.ts'

export interface ActionRoomOptions {
  /** How long completed and cancelled runs are kept, in milliseconds. Default 7 days. Dead letters stay until discarded. */
  readonly retentionMs?: number
  /** How long events are kept for waits that begin later, in milliseconds. Default 24 h. */
  readonly eventBufferMs?: number
  /** After a crash, and for tries: when what ran is looked for, in milliseconds. Default 10,000. */
  readonly deadManMs?: number
  /** Where runs wait for a definition that is gone: how often it is looked for. Default 3,600,000 ms. */
  readonly definitionCheckMs?: number
  /** Epoch of the object's storage: part of the idempotency keys, so that a branch does not speak for its origin. */
  readonly epoch?: () => number | string
  readonly random?: () => number
}

/** What the parts of the room share. */
export interface Room {
  readonly kernel: Kernel
  readonly options: Required<ActionRoomOptions>
  readonly table: RunTable
  readonly journal: Journal
  readonly breakers: Breakers
  readonly signals: Signals
  readonly definitions: Definitions
  /** This life of the object: whatever runs under another name died with it. */
  readonly life: string
  now(): number
  /** The idempotency key of a step. */
  keyOf(run: RunRow, step: string): string
  /** Whoever waits for the run looks again; after the transaction. */
  changed(run: RunRow): void
  /** The alarm comes for what is due now; inside the transaction that makes it due. */
  arm(): void
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export function pause(failures: number, { backoffMs = 1_000, maxBackoffMs = 600_000 }: Retries, random: () => number): number {
  return Math.ceil(Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(failures - 1, 50)) * random())
}
