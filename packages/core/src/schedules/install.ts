import type { Actions } from '../actions/types.ts'
import { type DigitalObject, rooms } from '../object/digital-object.ts'
import { mutated } from '../object/tiny.ts'
import { createSchedules } from './schedules.ts'
import type { Schedules } from './types.ts'

/**
 * Gives an object schedules: `$.every`, `$.at` and `$.in`. Once, where the class declares its fields; with actions, a schedule
 * may name one. The class of `@do/core/full` has them.
 */
export function installSchedules(object: DigitalObject, { actions }: { readonly actions?: Actions } = {}): Schedules {
  const { parts } = object[rooms]
  if ('every' in parts) {
    throw new TypeError('This object has schedules already. Call installSchedules once; the class of @do/core/full has done it.')
  }
  const { schedules, settle } = createSchedules(object.kernel, actions === undefined ? {} : { actions })
  // With the first write of anything, the schedules of the constructor are written too.
  const tell = object[mutated]
  object[mutated] = (mutation) => {
    tell?.(mutation)
    settle()
  }
  for (const name of ['every', 'at', 'in'] as const) Object.defineProperty(parts, name, { get: () => schedules[name] })
  return schedules
}
