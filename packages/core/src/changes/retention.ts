import type { Kernel } from '../kernel/types.ts'
import { first } from '../storage/sql.ts'
import type { ChangeLog } from './log.ts'
import type { Retention } from './types.ts'

interface RetentionSetting {
  readonly kernel: Kernel
  readonly log: ChangeLog
  readonly options: Retention
  /** What the parent has; undefined when there is none. */
  readonly parentHas: () => number | undefined
  readonly consumersHave: () => number | undefined
  /** Before rows are dropped. */
  readonly catchUp: () => void
}

/** Changes between two looks. */
const interval = 256

/** Drops what everybody has and nobody may come back for. Answers what is to be called with each new change. */
export function createRetention({ kernel, log, options, parentHas, consumersHave, catchUp }: RetentionSetting) {
  const { rows = 10_000, maxRows = 1_000_000, maxAgeMs } = options
  // The first change of a life looks: an object may live for a few changes at a time.
  let sinceLook = interval

  /** The last change that is too old. */
  const aged = (): number => {
    if (maxAgeMs === undefined) return 0
    const query = 'SELECT sequence AS n FROM do_changes WHERE at >= ? ORDER BY sequence LIMIT 1'
    const young = first<{ n: number }>(kernel.storage, query, kernel.clock().now() - maxAgeMs)?.n
    return young === undefined ? log.last() : young - 1
  }

  const trim = () => {
    sinceLook = 0
    if (!log.exists()) return
    const last = log.last()
    const everybody = Math.min(parentHas() ?? last, consumersHave() ?? last, last - rows)
    const atMost = Math.max(everybody, last - maxRows, aged())
    const to = Math.min(atMost, parentHas() ?? last)
    if (to < log.oldest()) return
    catchUp()
    log.dropTo(to)
  }

  return {
    trim,
    noticed: () => {
      sinceLook += 1
      if (sinceLook >= interval) trim()
    },
  }
}
