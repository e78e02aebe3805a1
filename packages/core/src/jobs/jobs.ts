import { type Clock, refuse } from '@do/provider'
import type { LogLine } from '../http/log.ts'
import type { ObjectStorage } from '../platform/types.ts'
import { checkKey, encodeJson } from '../storage/json.ts'
import { limitOf } from '../storage/paging.ts'
import { transaction } from '../storage/sql.ts'
import { type Handlers, runDue, type Waker } from './run.ts'
import { type JobTable, jobTable } from './table.ts'
import type { JobHandler, JobOptions, Jobs } from './types.ts'

export interface JobRoom {
  readonly jobs: Jobs
  /** To be called by the platform's alarm, and by nobody else: two at a time would take each other for crashed. */
  run(): Promise<void>
}

interface JobSetting {
  readonly storage: ObjectStorage
  readonly clock: () => Clock
  readonly options: JobOptions
  /** Makes the object's record with the first job. */
  readonly exists: () => void
  readonly log: (line: LogLine) => void
  /** Nothing begins while this says so. */
  readonly resting: () => boolean
}

/** The one alarm of the platform, as a table of jobs ordered by time. */
export function createJobs({ storage, clock, options, exists, log, resting }: JobSetting): JobRoom {
  const table = jobTable(storage)
  const handlers: Handlers = new Map()
  if (table.exists()) void rearmIfLost(storage, table)

  const waker = createWaker()
  const change = <T>(run: () => T): T => {
    const result = transaction(storage, () => {
      const inner = run()
      arm(storage, table)
      return inner
    })
    // The platform holds the next alarm back while one runs: the run itself must see what is new.
    waker.wake()
    return result
  }

  const jobs: Jobs = {
    define: (name, handler, own = {}) => {
      handlers.set(name, { handler: handler as JobHandler, options: own })
    },
    schedule: ({ name, at = clock().now(), payload = null, key, keep = false }) => {
      if (!handlers.has(name)) {
        throw refuse('unknown_job', `No handler is defined for the job "${name}". Define it in the constructor.`, {
          field: 'name',
        })
      }
      if (!Number.isFinite(at)) throw refuse('invalid_time', 'The time of a job is in epoch milliseconds.', { field: 'at' })
      if (key !== undefined) checkKey(key, 'The key of a job')
      if (keep && key !== undefined) {
        const known = table.find(key)
        if (known !== undefined && known.state !== 'dead' && (known.state === 'running' || known.at <= at)) return known
      }
      const id = crypto.randomUUID()
      const row = {
        id,
        key: key ?? null,
        name,
        at: Math.floor(at),
        payload: encodeJson(payload, `The payload of job "${name}"`, 4_096),
        now: clock().now(),
      }
      return change(() => {
        table.open()
        exists()
        table.insert(row)
        return table.find(id) as NonNullable<ReturnType<JobTable['find']>>
      })
    },
    cancel: (keyOrId) => table.exists() && change(() => table.remove(keyOrId)),
    get: (keyOrId) => table.find(keyOrId),
    list: ({ name, state, limit } = {}) => table.list(name ?? null, state ?? null, limitOf(limit)),
    redrive: (keyOrId, at = clock().now()) => table.exists() && change(() => table.revive(keyOrId, at)),
  }

  return {
    jobs,
    run: async () => {
      if (!table.exists()) return
      await runDue({ table, handlers, options, clock: clock(), log, resting, change, waker })
      // A local workerd forgets an alarm that its own handler sets to the very millisecond that it was for.
      arm(storage, table, Date.now() + 1)
    },
  }
}

function createWaker(): Waker {
  let wake = () => {}
  return {
    wake: () => wake(),
    next: () =>
      new Promise((resolve) => {
        wake = resolve
      }),
  }
}

/** The alarm follows the table, in the same transaction. */
function arm(storage: ObjectStorage, table: JobTable, earliest = 1): void {
  const next = table.exists() ? table.next() : undefined
  void (next === undefined ? storage.deleteAlarm() : storage.setAlarm(Math.max(next, earliest)))
}

/** A restored or migrated object may have jobs and no alarm. */
async function rearmIfLost(storage: ObjectStorage, table: JobTable): Promise<void> {
  if ((await storage.getAlarm()) === null) arm(storage, table)
}
