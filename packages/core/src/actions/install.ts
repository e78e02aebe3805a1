import { refuse } from '@do/provider'
import { createEvents } from '../events/events.ts'
import type { Events } from '../events/types.ts'
import { type DigitalObject, rooms } from '../object/digital-object.ts'
import { createActions } from './actions.ts'
import type { ActionRoomOptions } from './room.ts'
import type { Actions } from './types.ts'

/**
 * Gives an object durable actions and events: `$.do`, `$.try`, `$.send` and `$.on`. Once, where the class declares its fields.
 * The class of `@do/core/full` has them.
 */
export function installActions(
  object: DigitalObject,
  options: ActionRoomOptions = {},
): { readonly actions: Actions; readonly events: Events } {
  const { kernel, $tree, $changes } = object
  // A restored or branched object is another source, and its effects have other keys.
  const epoch = () => $changes.epoch
  const { actions, enqueue } = createActions(kernel, { epoch, ...options })
  const events = createEvents(kernel, { actions, enqueue, children: $tree.children, epoch })
  // Who fails again and again may never be reached; what is new, or was missed once, is waited for.
  object[rooms].tree.beforeDelete(() => {
    const unsent = (['pending', 'running', 'retrying'] as const).some((state) =>
      actions.list({ name: 'core.events.send', state, limit: 1_000 }).items.some(({ attempts }) => attempts < 5),
    )
    if (unsent) throw refuse('unsent', 'Some events of this object are not sent yet.', { retryAfterMs: 100 })
  })
  Object.assign(object[rooms].parts, { do: actions.do, try: actions.try, send: events.send, on: events.on })
  return { actions, events }
}
