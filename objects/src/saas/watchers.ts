import type { DigitalObject } from '@do/core/full'

const name = 'changes'

/** Clients that are told when there is something new to read. */
export interface Watchers {
  /** In the call that brings it. It sleeps with the connection, and outlives its reconnects. */
  keep(callback: () => unknown): void
  ring(): void
}

/** Rings carry nothing, so none has to arrive: who reads from its cursor misses no change. One at a time for each client. */
export function watchers({ $rpc: { callbacks }, ctx }: Pick<DigitalObject, '$rpc' | 'ctx'>): Watchers {
  const ringing = new Set<string>()
  const again = new Set<string>()

  const ringAll = async () => {
    for (const { connection, callback } of await callbacks.list<() => Promise<unknown>>(name)) {
      if (ringing.has(connection)) {
        again.add(connection)
        continue
      }
      ringing.add(connection)
      const ended = () => {
        ringing.delete(connection)
        if (again.delete(connection)) ring()
      }
      // Who does not answer is gone, and reads on when it is back.
      callback().then(ended, ended)
    }
  }
  const ring = () => ctx.waitUntil(ringAll().catch(() => {}))

  return { keep: (callback) => callbacks.keep(name, callback), ring }
}
