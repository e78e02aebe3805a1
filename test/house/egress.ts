import { Socket } from 'node:net'
import { foreignTarget } from './loopback.ts'

// Importing this blocks every connection that would leave this machine. MSW alone does not see npm's undici nor raw sockets.
// `node --import` takes it as it is; the tests have egress-guard.ts around it.

const guarded = Symbol.for('do.egress-guard')

interface Guarded {
  [guarded]?: string[]
}

const prototype = Socket.prototype as Socket & Guarded
if (prototype[guarded] === undefined) {
  const blocked: string[] = []
  prototype[guarded] = blocked
  const connect = Socket.prototype.connect
  Socket.prototype.connect = function guardedConnect(this: Socket, ...args: unknown[]) {
    const target = foreignTarget(args)
    if (target === undefined) return Reflect.apply(connect, this, args)
    blocked.push(target)
    this.destroy(Object.assign(new Error(`Egress blocked: ${target} is not on this machine.`), { code: 'EGRESS_BLOCKED' }))
    return this
  } as typeof connect
}

/** Targets that were blocked since the last look; looking forgets them. */
export function takeBlocked(): string[] {
  return prototype[guarded]?.splice(0) ?? []
}
