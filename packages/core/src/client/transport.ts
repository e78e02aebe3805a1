import type { Clock } from '@do/provider'
import type { RpcTransport } from 'capnweb'
import { fromWire } from '../expose/errors.ts'
import { SessionRecord } from '../rpc/record.ts'
import { kindOf } from '../rpc/wire.ts'
import { closedError, RpcError } from './errors.ts'
import type { ConnectionState } from './types.ts'

export interface TransportSetting {
  open(protocols: string[]): Promise<WebSocket>
  readonly clock: Pick<Clock, 'timer'>
  /** Length of the pause after so many failures in a row, in milliseconds. */
  pause(failures: number): number
  changed(state: ConnectionState, reason?: unknown): void
}

/** Frames that leave within so many steps of one turn are one message: an object is woken once for them. */
const steps = 12
const maxMessage = 262_144
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
  #failures = 0
  #cancelPause: (() => void) | undefined
  #patience: (() => void) | undefined

  constructor(setting: TransportSetting) {
    this.#setting = setting
    void this.#connect()
  }

  // The transport of capnweb.

  send(text: string): void {
    if (this.#ended !== undefined) return
    this.#record.fromClient(text)
    // Later, the record tells the server of it.
    if (!this.#ready && this.#session !== undefined) return
    this.#unsent.push(text)
    this.#unsentLength += text.length
    if (!this.#ready) return
    if (this.#unsentLength > maxMessage) this.#flush()
    else if (this.#unsent.length === 1) this.#flushSoon(steps, 1)
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
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(1000)
    this.#reader?.reject(reason)
    this.#setting.changed('closed', reason)
  }

  #flushSoon(left: number, seen: number): void {
    queueMicrotask(() => {
      const count = this.#unsent.length
      if (count === 0) return
      if (left === 0) this.#flush()
      else this.#flushSoon(count === seen ? left - 1 : steps, count)
    })
  }

  #flush(): void {
    if (this.#unsent.length === 0 || !this.#ready) return
    const message = this.#unsent.join('\n')
    this.#forgetUnsent()
    try {
      this.#socket?.send(message)
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
      socket = await this.#setting.open([session === undefined ? 'do.rpc.1' : `do.rpc.1.resume.${session.id}`])
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
      if (this.#socket === socket && typeof data === 'string') for (const frame of data.split('\n')) this.#take(frame)
    })
    const lost = (reason: unknown) => {
      if (this.#socket !== socket) return
      this.#patience?.()
      this.#socket = undefined
      this.#ready = false
      // Before the server has named the session, nothing has been sent: it all still goes the first time.
      if (this.#session !== undefined) this.#forgetUnsent()
      this.#again(reason)
    }
    // Not every platform tells of an attempt that leads nowhere.
    this.#patience = this.#setting.clock.timer(patienceMs, () => {
      lost(new Error('The server did not answer.'))
      socket.close()
    })
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
    if (kindOf(frame) === undefined) {
      this.#control(JSON.parse(frame))
      return
    }
    this.#record.fromServer(frame)
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
