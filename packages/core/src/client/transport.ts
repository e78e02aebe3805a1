import type { Clock } from '@do/provider'
import type { RpcTransport } from 'capnweb'
import { fromWire } from '../expose/errors.ts'
import { again, fresh } from '../rpc/protocols.ts'
import { SessionRecord } from '../rpc/record.ts'
import { kindOf } from '../rpc/wire.ts'
import { closedError, RpcError } from './errors.ts'
import { createPulse, type Pulse } from './heartbeat.ts'
import type { ConnectionState, Heartbeat } from './types.ts'

export interface TransportSetting {
  open(protocols: string[]): Promise<WebSocket>
  readonly clock: Pick<Clock, 'timer'>
  readonly heartbeat: Heartbeat | false
  /** Length of the pause after so many failures in a row, in milliseconds. */
  pause(failures: number): number
  changed(state: ConnectionState, reason?: unknown): void
}

/**
 * Frames that leave within so many steps of one turn are one message: an object is woken once for them. A call is whole with the
 * question for its answer; what comes before that waits for more.
 */
const steps = { call: 12, whole: 3 }
const maxMessage = 262_144
/** Cheaper than a microtask that is asked for. */
const step = Promise.resolve()

/** For one attempt to connect, in milliseconds. */
const patienceMs = 10_000

/**
 * The client's end, below a stock Cap'n Web session that never learns of a cut: after each one, the server is told what this side
 * still holds and waits for, and makes it again.
 */
export class ResumingTransport implements RpcTransport {
  readonly #setting: TransportSetting
  readonly #record = new SessionRecord()
  readonly #received: string[] = []
  #reader: PromiseWithResolvers<string> | undefined
  #ended: unknown
  #socket: WebSocket | undefined
  /** The server knows the session: frames may go. */
  #ready = false
  #session: { readonly id: string; readonly token: string } | undefined
  #unsent: string[] = []
  #unsentLength = 0
  /** Steps left without another frame. */
  #steps = 0
  #failures = 0
  #cancelPause: (() => void) | undefined
  #patience: (() => void) | undefined
  readonly #pulse: Pulse
  /** Gives the present socket up. */
  #lose = (_: unknown) => {}

  constructor(setting: TransportSetting) {
    this.#setting = setting
    const { clock, heartbeat } = setting
    this.#pulse = createPulse({
      clock,
      heartbeat,
      send: (text) => this.#write(text),
      dead: () => this.#lose(new Error('The server gives no sign of life.')),
    })
    void this.#connect()
  }

  // The transport of capnweb.

  send(text: string): void {
    if (this.#ended !== undefined) return
    const kind = kindOf(text)
    this.#record.fromClient(text, kind)
    // Later, the record tells the server of it.
    if (!this.#ready && this.#session !== undefined) return
    this.#unsent.push(text)
    this.#unsentLength += text.length
    if (!this.#ready) return
    this.#steps = kind === 'push' || kind === 'release' ? steps.call : steps.whole
    if (this.#unsentLength > maxMessage) this.#flush()
    else if (this.#unsent.length === 1) void step.then(this.#flushSoon)
  }

  receive(): Promise<string> {
    const next = this.#received.shift()
    if (next !== undefined) return Promise.resolve(next)
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#reader = Promise.withResolvers()
    return this.#reader.promise
  }

  /** capnweb ends the session: `close()`, or an error of the protocol. */
  abort(reason: unknown): void {
    this.end(reason)
  }

  /** For good. */
  end(reason: unknown = closedError()): void {
    if (this.#ended !== undefined) return
    this.#flush()
    this.#ended = reason
    this.#ready = false
    this.#cancelPause?.()
    this.#patience?.()
    this.#pulse.stop()
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(1000)
    this.#reader?.reject(reason)
    this.#setting.changed('closed', reason)
  }

  // One function for all steps: they are on the way of every call.
  readonly #flushSoon = (): void => {
    this.#steps -= 1
    if (this.#unsent.length === 0) return
    if (this.#steps < 0) this.#flush()
    else void step.then(this.#flushSoon)
  }

  #flush(): void {
    if (this.#unsent.length === 0 || !this.#ready) return
    const message = this.#unsent.join('\n')
    this.#forgetUnsent()
    this.#write(message)
  }

  #write(text: string): void {
    try {
      this.#socket?.send(text)
    } catch {
      // The socket is closing; the record has it all.
    }
  }

  #forgetUnsent(): void {
    this.#unsent = []
    this.#unsentLength = 0
  }

  async #connect(): Promise<void> {
    const session = this.#session
    let socket: WebSocket
    try {
      socket = await this.#setting.open([session === undefined ? fresh : again + session.id])
    } catch (reason) {
      this.#again(reason)
      return
    }
    if (this.#ended !== undefined) {
      socket.close(1000)
      return
    }
    this.#socket = socket
    const opened = () => {
      if (this.#socket === socket && session !== undefined) this.#resume(session.token)
    }
    if (socket.readyState === 1) opened()
    else socket.addEventListener('open', opened)
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket !== socket || typeof data !== 'string') return
      this.#pulse.heard()
      for (const frame of data.split('\n')) this.#take(frame)
    })
    const lost = (reason: unknown) => {
      if (this.#socket !== socket) return
      this.#patience?.()
      this.#pulse.stop()
      this.#socket = undefined
      this.#ready = false
      // Before the server has named the session, nothing has been sent: it all still goes the first time.
      if (this.#session !== undefined) this.#forgetUnsent()
      this.#again(reason)
    }
    this.#lose = (reason) => {
      lost(reason)
      socket.close()
    }
    // Not every platform tells of an attempt that leads nowhere.
    this.#patience = this.#setting.clock.timer(patienceMs, () => this.#lose(new Error('The server did not answer.')))
    socket.addEventListener('close', ({ code, reason }) => lost({ code, reason }))
    socket.addEventListener('error', () => {
      lost(new Error('The WebSocket failed.'))
      socket.close()
    })
  }

  #resume(token: string): void {
    this.#forgetUnsent()
    this.#socket?.send(JSON.stringify(['resume', token, this.#record.snapshot()]))
    this.#ready = true
  }

  #take(frame: string): void {
    if (this.#ended !== undefined) return
    const kind = kindOf(frame)
    if (kind === undefined) {
      this.#control(JSON.parse(frame))
      return
    }
    this.#record.fromServer(frame, kind)
    const reader = this.#reader
    this.#reader = undefined
    if (reader === undefined) this.#received.push(frame)
    else reader.resolve(frame)
  }

  #control(frame: readonly [kind: string, ...rest: unknown[]]): void {
    const [kind, first, second] = frame
    if (kind === 'session') {
      this.#session = { id: String(first), token: String(second) }
      this.#ready = true
      this.#flush()
      this.#opened()
    } else if (kind === 'resumed') {
      this.#opened()
    } else if (kind === 'refused') {
      const known = fromWire(Object.assign(new Error(), first)) as RpcError
      this.end(new RpcError({ code: known.code, fault: known.fault, effect: 'unknown', message: known.message }))
    }
  }

  #opened(): void {
    this.#patience?.()
    this.#pulse.start()
    this.#failures = 0
    this.#setting.changed('open')
  }

  #again(reason: unknown): void {
    if (this.#ended !== undefined) return
    this.#setting.changed('waiting', reason)
    const pause = this.#setting.pause(this.#failures)
    this.#failures += 1
    this.#cancelPause = this.#setting.clock.timer(pause, () => void this.#connect())
  }
}
