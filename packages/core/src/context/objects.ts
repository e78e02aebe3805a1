import type { Clock } from '@do/provider'
import { type CallContext, plainCall } from '../kernel/call-context.ts'
import type { Kernel } from '../kernel/types.ts'
import { reach } from '../object/reach.ts'
import { laterLink, lazyLink, nativeLink } from './link.ts'
import { type Line, remote } from './remote.ts'
import type { CallOptions } from './types.ts'

/** What every object has for its neighbours: its facade, on behalf of a call. */
interface Neighbour {
  $open(call: CallContext, again: boolean): unknown
}

/**
 * Another object of this worker, by its exposed methods, as `$.Customer(id)` gives it. The call that is being served goes
 * along: request id, trace, principal, and what is left of its deadline. `ready` is waited for before the first call.
 */
export function objectAt(
  kernel: Kernel,
  type: string,
  name: string,
  options: CallOptions = {},
  ready?: () => Promise<unknown>,
): object {
  const clock = (): Clock => kernel.clock()
  const served = plainCall() ?? { requestId: crypto.randomUUID() }
  const deadline = earliest(served.deadline, options.deadlineMs === undefined ? undefined : clock().now() + options.deadlineMs)
  const call: CallContext = deadline === undefined ? served : { ...served, deadline }
  // Refused here, before anything is sent, when there is no such class.
  reach(kernel.env, { type, name })
  const open = (again: boolean) => nativeLink(() => (reach(kernel.env, { type, name }).stub as Neighbour).$open(call, again))
  const line: Line = { open, deadline, clock, name: `${type} "${name}"` }
  // Nothing is sent before the first call.
  return remote(
    line,
    lazyLink(() => (ready === undefined ? open(false) : laterLink(ready().then(() => open(false))))),
  )
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b)
}
