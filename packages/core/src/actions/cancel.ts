import type { Json } from '../storage/json.ts'
import { createRun } from './create.ts'
import type { Pump } from './pump.ts'
import type { Room } from './room.ts'
import { over } from './run-row.ts'
import { finished, leave } from './settle.ts'

export function createCancel(room: Room, pump: Pump, settledSome: () => void) {
  const { table, journal, definitions, kernel } = room
  return (id: string, reason = 'cancelled'): boolean => {
    const found = table.byId(id)
    if (found === undefined || over.has(found.state)) return false
    const said = String(reason).slice(0, 500)
    const after = kernel.transaction(() => {
      const done = journal.records(found.seq).filter(({ kind, state }) => kind === 'do' && state === 'done')
      const steps = Object.fromEntries(done.map(({ name, result = null }) => [name, result]))
      for (const { pos } of journal.interrupted(found.seq)) journal.update(found.seq, pos, { state: 'uncertain' })
      if (found.state === 'running') table.note(found, room.now(), 'cancelled')
      const row = leave(room, found, { state: 'cancelled', reason: said, gate: null, ...finished(room) })
      if (found.lane !== null) table.open(`k:${found.lane}`, 1)
      const compensates = definitions.get(found.name, found.version)?.compensate !== undefined && found.kind !== 'compensate'
      if (compensates && done.length > 0) {
        const input = { input: JSON.parse(found.input), steps, reason: said } as Json
        createRun(room, 'compensate', found.name, input, { version: found.version, of: found.id })
      }
      settledSome()
      room.arm()
      return row
    })
    pump.abort(found, new DOMException('The action was cancelled.', 'AbortError'))
    room.changed(after)
    return true
  }
}
