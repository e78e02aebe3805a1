import { isoTime } from '../kernel/iso-time.ts'
import type { Mutation } from '../kernel/types.ts'
import { isPlain } from '../storage/where.ts'
import type { ChangeLog, Row } from './log.ts'
import type { Change, Origin } from './types.ts'

/** What a row needs to become a change: its log, where that is, and how places in it are written. */
export interface Decoding {
  readonly log: ChangeLog
  readonly id: string
  readonly epochOf: (sequence: number) => number
  readonly cursorOf: (sequence: number) => string
}

export function decode(row: Row, { log, id, epochOf, cursorOf }: Decoding): Change {
  const before = parsed(log.body(row, 'before'))
  const after = parsed(log.body(row, 'after'))
  const origin = row.origin === null ? undefined : (JSON.parse(row.origin) as Origin)
  return {
    cursor: cursorOf(row.sequence),
    sequence: row.sequence,
    epoch: epochOf(row.sequence),
    object: origin?.id ?? id,
    source: row.source,
    operation: row.operation as Mutation['operation'],
    key: row.key,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    changed: changedFields(before, after),
    at: isoTime(row.at),
    version: row.version,
    ...(row.request === null ? {} : { requestId: row.request }),
    ...(row.principal === null ? {} : { principal: row.principal }),
    ...(origin === undefined ? {} : { origin }),
  }
}

/** Worked out when somebody reads, not when somebody writes. */
function changedFields(before: unknown, after: unknown): string[] {
  const [was, is] = [before, after].map((value) => (isPlain(value) ? value : {})) as [Fields, Fields]
  const names = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...names].filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
}

type Fields = Readonly<Record<string, unknown>>

export function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text)
}
