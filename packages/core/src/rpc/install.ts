import { mainFor } from '../expose/main.ts'
import { type DigitalObject, rooms } from '../object/digital-object.ts'
import type { RpcLimits } from './limits.ts'
import { createRpc, type Rpc } from './rpc.ts'

/**
 * Gives an object Cap'n Web at `/rpc`, over hibernating WebSockets and in batches. Once, where the class declares its fields:
 * `readonly $rpc = installRpc(this)`. The class of `@do/core/full` has it.
 */
export function installRpc(object: DigitalObject, limits: Partial<RpcLimits> = {}): Rpc {
  const { callLimits } = object.constructor as typeof DigitalObject
  const room = createRpc(object.kernel, { main: mainFor(object, object[rooms].calls, callLimits), limits })
  for (const method of ['GET', 'POST']) object.route(method, '/rpc', (context) => room.handle(context))
  return room.rpc
}
