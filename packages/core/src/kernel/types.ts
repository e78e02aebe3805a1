import type { Clock } from '@do/provider'
import type { LogLine } from '../http/log.ts'
import type { ObjectRecord } from '../identity/record.ts'
import type { Jobs } from '../jobs/types.ts'
import type { ObjectContext, ObjectStorage } from '../platform/types.ts'
import type { Doors } from './doors.ts'
import type { Sockets } from './sockets.ts'

/** One change of something stored, told in the transaction that makes it. */
export interface Mutation {
  /** Where: `state`, `record`, `collection:orders`, `relationships`, `ledger`. */
  readonly source: string
  readonly operation: 'create' | 'update' | 'delete'
  /** Which: the key, the document's id. */
  readonly key: string
  /** JSON text as stored; absent when there was nothing. */
  readonly before?: string
  /** JSON text as stored; absent when there is nothing now. */
  readonly after?: string
}

/** What the rooms of one object share. Each room gets it, none holds another object's. */
export interface Kernel {
  readonly ctx: ObjectContext
  readonly env: unknown
  readonly storage: ObjectStorage
  /** The object itself: for rooms that call its methods. */
  readonly self: object
  readonly clock: () => Clock
  readonly record: () => ObjectRecord
  /** Makes the object's record with the first write of anything. */
  readonly exists: () => void
  /** Before anything of the object is written. @throws `gone` when it was deleted; ProviderError `deleting` when it nearly is */
  readonly writable: () => void
  /** All or nothing, nested ones too. @throws ProviderError `async_transaction` */
  readonly transaction: <T>(run: () => T) => T
  /** To be called inside the transaction of every change of something stored: change capture listens. */
  readonly mutated: (mutation: Mutation) => void
  readonly log: (line: LogLine) => void
  /** Is the object suspended? Then nothing new begins. */
  readonly resting: () => boolean
  readonly jobs: Jobs
  /** How other objects of this worker reach this one's rooms, and it theirs. */
  readonly doors: Doors
  readonly sockets: Sockets
}
