import { refused, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { why } from '../why.ts'

/** A bad input: what it is, which field the error must name, and the call. */
export interface BadInput<W extends World> {
  readonly id: string
  readonly title: string
  /** Empty: any. */
  readonly field: string
  /** Several bad values of the field, one after the other. */
  readonly calls: (world: W) => readonly (() => Promise<unknown>)[]
  /** A code of the interface's own for it. */
  readonly code?: string
}

/** What can be known to be wrong is said at once, by the name of the field, and nothing is sent. */
export function validationChecks<W extends World>(inputs: readonly BadInput<W>[]): Check<W>[] {
  return inputs.map(({ id, title, field, calls, code }) => ({
    id,
    level: 'must',
    title,
    why: why.validation,
    run: async (world) => {
      for (const [index, call] of calls(world).entries()) {
        await refused(call, `${title} (value ${index + 1})`, {
          code: ['invalid_input', 'invalid_handle', ...(code === undefined ? [] : [code])],
          fault: 'caller',
          ...(field === '' ? {} : { field }),
        })
      }
      same(world.requests().length, 0, 'Requests sent')
    },
  }))
}
