import { wherePredicate } from '../storage/where.ts'
import type { Room } from './room.ts'
import type { Signal } from './types.ts'

/** Gives the event to every run that waits for it, and keeps it for those that will. One event answers one wait of a run. */
export function signalled({ kernel, table, journal, signals, options, ...room }: Room, signal: Signal): void {
  kernel.transaction(() => {
    const now = room.now()
    if (!signals.keep(signal, now, options.eventBufferMs) || !table.exists()) return
    for (const wait of journal.waiting(signal.type)) {
      // Its time-out came first, though nobody has looked yet.
      if (wait.due !== null && now >= wait.due) continue
      const match = wait.detail === null ? undefined : JSON.parse(wait.detail)
      if (!wherePredicate(match)(signal.data) || journal.events(wait.run).has(signal.id)) continue
      journal.update(wait.run, wait.pos, { state: 'done', at: now, event: signal.id, result: JSON.stringify(signal) })
      const run = table.bySeq(wait.run)
      if (run?.state === 'waiting') table.update(run, { due: now })
    }
    room.arm()
  })
}
