import type { Completion } from '../jobs/types.ts'
import type { Room } from './room.ts'

const jobName = 'core.actions.forget'

/** Removes runs whose time is over, some hundred at once. */
export function createForgetting(room: Room): { armed(): void } {
  const { table, kernel } = room
  const next = () => table.select('forget_at IS NOT NULL ORDER BY forget_at LIMIT 1')[0]?.forget_at ?? undefined
  const armed = () => {
    const at = next()
    // An hour is added so that one run takes many.
    if (at !== undefined) kernel.jobs.schedule({ name: jobName, key: jobName, at: at + 3_600_000, keep: true })
  }
  kernel.jobs.define(
    jobName,
    (): Completion => () => {
      for (const row of table.select('forget_at <= ? ORDER BY forget_at LIMIT 500', room.now())) table.remove(row)
      const at = next()
      const soon = at !== undefined && at <= room.now()
      if (soon) kernel.jobs.schedule({ name: jobName, key: jobName })
      else armed()
    },
  )
  return { armed }
}
