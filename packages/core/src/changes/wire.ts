import { createHash } from 'node:crypto'
import { refuse } from '@do/provider'
import { isPlain } from '../storage/where.ts'
import type { Arrived, ChangeLog, Row } from './log.ts'
import type { Total } from './types.ts'

/** The door by which changes come in from a child. */
export const deliverDoor = 'changes.deliver'

/** Changes `from` to `to` of the sender's log, those that its filter lets pass. */
export interface Delivery {
  /** URL of the sender. */
  readonly source: string
  readonly epoch: number
  readonly from: number
  readonly to: number
  /** Marks of the sender's changes before `from` and at `to`: two logs with the same mark at a place have the same past. */
  readonly previous: string
  readonly mark: string
  readonly events: readonly Arrived[]
  /** The past is to be forgotten, and these are the totals now. */
  readonly reset?: readonly Total[]
}

/** How far the receiver is, whether it has taken this delivery or not. */
export interface Receipt {
  readonly epoch: number
  readonly last: number
  readonly mark: string
  /** Nothing was taken, as there is too much to do: come again after so many milliseconds. */
  readonly busyMs?: number
}

/** Before the first change. */
export const noMark = ''
/** Of a child that has gone to another parent: equal to no mark of a log. */
export const leftMark = 'left'
/** Of a child that was deleted: another one may begin under its name. */
export const goneMark = 'gone'

export function markOf(log: ChangeLog, row: Row): string {
  const parts = [
    row.source,
    row.operation,
    row.key,
    row.at,
    row.version,
    row.origin,
    log.body(row, 'before'),
    log.body(row, 'after'),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16)
}

/** @throws ProviderError `invalid_delivery`: another version of the runtime speaks. */
export function checkDelivery(payload: unknown): Delivery {
  const numbers = isPlain(payload) ? [payload.epoch, payload.from, payload.to] : []
  const right =
    isPlain(payload) &&
    typeof payload.source === 'string' &&
    numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0) &&
    typeof payload.previous === 'string' &&
    typeof payload.mark === 'string' &&
    Array.isArray(payload.events)
  if (right) return payload as unknown as Delivery
  throw refuse('invalid_delivery', 'This is no delivery of changes. Deploy the same version of the runtime everywhere.')
}
