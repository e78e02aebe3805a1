import { ActionError } from './errors.ts'
import type { Room } from './room.ts'
import { over, publicRun, type RunRow } from './run-row.ts'
import type { ActionDetails, ActionHandle } from './types.ts'

export interface Handles {
  make<Result>(id: string, cancel: (id: string, reason?: string) => boolean): ActionHandle<Result>
  details(row: RunRow): ActionDetails
  /** Whoever waits for the run looks again. */
  changed(run: RunRow): void
}

export function createHandles(room: () => Pick<Room, 'table' | 'journal'>): Handles {
  const waiting = new Map<string, (() => void)[]>()

  const details = (row: RunRow): ActionDetails => ({
    ...publicRun(row),
    input: JSON.parse(row.input),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as unknown }),
    steps: room().journal.records(row.seq),
    history: room().table.history(row),
  })

  const result = async (id: string): Promise<unknown> => {
    for (;;) {
      const row = room().table.byId(id)
      if (row === undefined) throw gone(id)
      if (row.state === 'completed') return row.result === null ? undefined : JSON.parse(row.result)
      if (over.has(row.state) || row.state === 'uncertain') throw ending(row)
      await new Promise<void>((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]))
    }
  }

  return {
    details,
    changed: ({ id }) => {
      const woken = waiting.get(id) ?? []
      waiting.delete(id)
      for (const wake of woken) wake()
    },
    make: <Result>(id: string, cancel: (id: string, reason?: string) => boolean) => ({
      id,
      result: () => result(id) as Promise<Result>,
      status: () => {
        const row = room().table.byId(id)
        if (row === undefined) throw gone(id)
        return details(row)
      },
      cancel: (reason) => cancel(id, reason),
    }),
  }
}

function gone(id: string): ActionError {
  return new ActionError('action_not_found', `There is no action "${id}": it was forgotten, discarded or never written.`)
}

function ending({ name, state, waits, error_code, error_name, error_step }: RunRow): ActionError {
  if (state === 'cancelled') return new ActionError('action_cancelled', `The action "${name}" was cancelled.`, { final: true })
  if (state === 'uncertain') {
    const message = `Nobody knows whether the step "${waits}" of "${name}" happened. Find out, and say so with actions.resolve.`
    return new ActionError('action_uncertain', message, waits === null ? {} : { step: waits })
  }
  const code = error_code ?? 'action_failed'
  const where = error_step === null ? {} : { step: error_step }
  const what = [error_name, error_code].filter((word) => word !== null).join(', ')
  return new ActionError(code, `The action "${name}" failed (${what}). Its record says more.`, { ...where, final: true })
}
