import type { CallContext } from '../kernel/call-context.ts'
import type { Deliver } from '../rpc/access.ts'
import type { CallRoom } from './calls.ts'
import type { ConnectionLimits } from './limits.ts'
import type { MethodKind } from './types.ts'

/** One call of an exposed method, as authorisation, middleware and hooks see it. */
export interface Call {
  readonly method: string
  readonly kind: MethodKind
  /** Checked, as the method's schemas give them back. In authorisation still as they came. */
  readonly args: readonly unknown[]
  /** The object, or the capability that it has handed out. */
  readonly target: object
  /** Name of the target's class. */
  readonly on: string
  readonly context: CallContext
  /** The same call may have run before: it comes again after a wake, a reconnect or a lost answer. */
  readonly repeated: boolean
}

/** On whose behalf the facades of one connection, request or neighbouring object are called. */
export interface Access {
  /** What travels with a call; asked for each one. Its principal and scopes are those that count. */
  readonly context: () => CallContext
  /** The worker's own code, acting for nobody: scopes are not asked for. */
  readonly trusted?: boolean
  /** How a call came, where calls may come twice. Without it each comes once. */
  readonly deliver?: Deliver
  readonly limits?: ConnectionLimits
  /** Middleware, hooks and authorisation of the object. */
  readonly calls?: CallRoom
}
