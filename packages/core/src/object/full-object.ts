import { installActions } from '../actions/install.ts'
import type { ActionRoomOptions } from '../actions/room.ts'
import type { Actions } from '../actions/types.ts'
import type { Context } from '../context/types.ts'
import type { Events, WorkflowContext } from '../events/types.ts'
import { createInspection } from '../inspect/room.ts'
import type { ObjectContext } from '../platform/types.ts'
import { installRpc } from '../rpc/install.ts'
import type { RpcLimits } from '../rpc/limits.ts'
import type { Rpc } from '../rpc/rpc.ts'
import { installSchedules } from '../schedules/install.ts'
import type { Schedules } from '../schedules/types.ts'
import { DigitalObject } from './digital-object.ts'

/** A Digital Object with everything: also RPC for clients, durable actions, events and schedules. */
export class FullObject<Env = unknown, Providers = unknown> extends DigitalObject<Env, Providers> {
  /** How long runs of actions and events are kept. */
  static readonly actionOptions: ActionRoomOptions = {}
  /** Limits of the frames of each connection at `/rpc`. */
  static readonly rpcLimits: Partial<RpcLimits> = {}

  /** Also `$.do`, `$.try`, `$.send`, `$.on`, `$.every`, `$.at` and `$.in`. */
  declare readonly $: Context<Env, Providers> & WorkflowContext & Pick<Schedules, 'every' | 'at' | 'in'>
  /** What this object does durably, step by step. */
  readonly $actions: Actions
  /** What happens here and along the tree, and who listens. */
  readonly $events: Events
  /** What is due when: `$.every`, `$.at`, `$.in`, and what became of each run. */
  readonly $schedules: Schedules
  /** Connections from outside: Cap'n Web at `/rpc`, and the callbacks of clients. */
  readonly $rpc: Rpc

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    const { actionOptions, rpcLimits } = this.constructor as typeof FullObject
    this.$rpc = installRpc(this, rpcLimits)
    const { actions, events } = installActions(this, actionOptions)
    this.$actions = actions
    this.$events = events
    this.$schedules = installSchedules(this, { actions })
    createInspection(this.kernel, {
      redriveAction: (id) => actions.deadLetters.redrive(id) > 0,
      cancelAction: (id) => actions.cancel(id),
    })
  }
}
