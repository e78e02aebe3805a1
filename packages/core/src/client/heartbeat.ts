import type { Clock } from '@do/provider'
import { ping } from '../rpc/heartbeat.ts'
import type { Heartbeat } from './types.ts'

export interface Pulse {
  /** Something has come from the server. On the way of every message. */
  heard(): void
  /** The connection is open: begins anew. */
  start(): void
  stop(): void
}

interface PulseSetting {
  readonly clock: Pick<Clock, 'timer'>
  readonly heartbeat: Heartbeat | false
  readonly send: (text: string) => void
  /** No sign of life: the connection is dead, whatever the socket says. */
  readonly dead: () => void
}

/** A network that is gone closes no socket. So whoever has heard nothing for some time asks, and believes no socket that stays silent. */
export function createPulse({ clock, heartbeat, send, dead }: PulseSetting): Pulse {
  let alive = false
  let cancel = () => {}
  if (heartbeat === false) return { heard: () => {}, start: () => {}, stop: () => {} }
  const { idleMs = 30_000, answerMs = 10_000 } = heartbeat

  const wait = () => {
    alive = false
    cancel = clock.timer(idleMs, () => {
      if (alive) return wait()
      send(ping)
      cancel = clock.timer(answerMs, () => (alive ? wait() : dead()))
    })
  }
  return {
    heard: () => {
      alive = true
    },
    start: () => {
      cancel()
      wait()
    },
    stop: () => cancel(),
  }
}
