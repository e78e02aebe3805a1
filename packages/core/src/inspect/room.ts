import { refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import type { SqlValue } from '../platform/types.ts'
import { rows } from '../storage/sql.ts'
import { inspect } from './inspect.ts'
import type { Inspection } from './types.ts'

/** What the rooms let an operator do with what is dead. */
export interface Repairs {
  redriveAction(id: string): boolean
  cancelAction(id: string): boolean
}

export interface LiveInspection extends Inspection {
  readonly databaseBytes: number
  /** Open sockets that hibernate or wait, by room. */
  readonly sockets: number
}

/** Opens the doors by which `dobj` looks into this object and puts dead work right. */
export function createInspection(kernel: Kernel, repairs: Repairs): void {
  const reader = {
    rows: <Row extends Record<string, unknown>>(query: string, ...bindings: SqlValue[]) =>
      rows<Record<string, SqlValue>>(kernel.storage, query, ...bindings) as Record<string, unknown>[] as Row[],
  }
  kernel.doors.on('core.inspect', (): LiveInspection => {
    const sockets = kernel.ctx.getWebSockets().length
    return { ...inspect(reader), databaseBytes: kernel.storage.sql.databaseSize, sockets }
  })
  kernel.doors.on('core.inspect.redrive', (payload) => {
    const id = idOf(payload)
    return kernel.transaction(() => kernel.jobs.redrive(id) || repairs.redriveAction(id))
  })
  kernel.doors.on('core.inspect.cancel', (payload) => {
    const id = idOf(payload)
    return kernel.transaction(() => kernel.jobs.cancel(id) || repairs.cancelAction(id))
  })
}

function idOf(payload: unknown): string {
  const { id } = Object(payload) as { id?: unknown }
  if (typeof id === 'string' && id !== '') return id
  throw refuse('invalid_input', 'Name the job or action by its id, as the inspection lists it.', { field: 'id' })
}
