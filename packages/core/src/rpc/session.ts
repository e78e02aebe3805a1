import { RpcPromise, RpcSession, type RpcSessionOptions, RpcStub, type RpcTransport } from 'capnweb'
import { sendError } from '../expose/errors.ts'
import { learnStubs } from '../expose/values.ts'
import type { Delivery } from './access.ts'
import { connectionClosed, errorExpression, notReplayable, streamReset } from './errors.ts'
import type { HowOften } from './journal.ts'
import { plain, replay, takeMark, withMark } from './mark.ts'
import { endsWithConnection, type SessionRecord } from './record.ts'
import { createRenumbering, type Renumbering } from './renumber.ts'
import { canonical, eachId, type FrameKind, frameHead, kindOf, maxFrameDepth, parseFrame, withHead } from './wire.ts'

learnStubs(RpcStub, RpcPromise)

export interface SessionSetting {
  readonly record: SessionRecord
  readonly main: object
  send(text: string): void
  close(code: number, reason: string): void
  /** Runs a write once for the client's call of this number, where the client can send it again. */
  readonly once?: (call: string, how: HowOften, run: () => unknown) => unknown
  /** The client has the answer. */
  readonly acknowledged?: (call: number) => void
  /** Callbacks kept by name, as the last life of the session left them. */
  readonly kept: ReadonlyMap<string, number>
  /** Runs `start` where its calls can find the session. */
  readonly within: <T>(session: ServerSession, start: () => T) => T
}

/** A client's function. Cap'n Web's own type for it costs the compiler of everybody who imports it 20 s. */
export type CallbackStub = ((...args: unknown[]) => Promise<unknown>) & Disposable

export interface Kept {
  readonly id: number
  stub?: CallbackStub
}

const maxLetGo = 64

/** A callback of the reserved kind, below the numbers of any client. */
const brokenPromise = -(2 ** 40)

/**
 * The server's end of one connection: stock Cap'n Web above, frames of the client below. Where the record has come some way, the
 * session begins with what the client still holds being made again.
 */
export class ServerSession implements RpcTransport {
  readonly record: SessionRecord
  readonly kept = new Map<string, Kept>()
  /** Names this life of the session in the marks of its calls. */
  readonly #secret = crypto.randomUUID()
  readonly #setting: SessionSetting
  readonly #numbers: Renumbering
  readonly #rpc: RpcSession
  readonly #queue: string[] = []
  /** What the client holds since an earlier life, and was made again. */
  readonly #replayed = new Set<number>()
  readonly #begun = new Set<string>()
  /** Answers that the client let go of, and that handed nothing out: nobody sees when they go, so they wait for what is waited for. */
  readonly #letGo: string[] = []
  #reader: PromiseWithResolvers<string> | undefined
  #ended: Error | undefined
  #quiet: (() => void) | undefined
  /** The session is made to speak to us, not to the client: the next call of its own. */
  #overheard: ((text: string) => void) | undefined

  constructor(setting: SessionSetting) {
    const { record } = setting
    this.#setting = setting
    this.record = record
    for (const [name, id] of setting.kept) if (record.callbacks.has(id)) this.kept.set(name, { id })
    this.#endServerCalls()
    this.#numbers = createRenumbering(record)
    if (record.clientPushes + record.serverPushes + record.exports > 0) this.#replay()
    const options: RpcSessionOptions = { onSendError: sendError, limits: { maxDepth: maxFrameDepth } }
    // Without the type argument the compiler unfolds every shape a remote object may have: 20 s for whoever imports this.
    this.#rpc = setting.within(this, () => new RpcSession<undefined>(this, setting.main, options))
  }

  /** Frames of the client that came together. */
  deliver(frames: readonly string[]): void {
    for (const given of frames) {
      if (this.#ended !== undefined) return
      try {
        const kind = kindOf(given)
        const text = kind === undefined ? canonical(given) : given
        this.#take(text, kind ?? kindOf(text))
      } catch (error) {
        this.fail(error)
      }
    }
    if (this.#letGo.length > maxLetGo) this.tidy()
  }

  #take(text: string, kind: FrameKind | undefined): void {
    const { record } = this
    const numbers = this.#numbers
    if (kind === 'release') {
      this.#release(text)
      return
    }
    record.fromClient(text, kind)
    switch (kind) {
      case 'push': {
        const frame = numbers.toSession(text) as string
        this.#give(
          this.#setting.once === undefined
            ? frame
            : withMark(frame, this.#secret, { ...plain, call: String(record.clientPushes) }),
        )
        return
      }
      case 'pull': {
        const id = frameHead(text)?.id ?? 0
        if (numbers.sessionId(id) === undefined) this.#refuse(id, notReplayable())
        else this.#give(numbers.toSession(text) as string)
        return
      }
      default:
        this.#give(numbers.toSession(text) as string)
    }
  }

  #release(text: string): void {
    const { record } = this
    const numbers = this.#numbers
    const head = frameHead(text)
    const wire = head?.id ?? 0
    const entry = record.entries.get(wire)
    record.fromClient(text, 'release')
    if (wire > 0) this.#setting.acknowledged?.(wire)
    const session = numbers.sessionId(wire)
    if (head === undefined || session === undefined) return
    if (!this.#replayed.has(wire)) {
      const frame = session === wire ? text : withHead(text, head, session)
      if (entry?.plain === true) this.#letGo.push(frame)
      else this.#give(frame)
    } else if (entry === undefined || entry.held <= 0) {
      numbers.drop(wire)
      this.#give(JSON.stringify(['release', session, 1]))
    }
  }

  /** What the facade asks of each call: see `access.ts`. */
  delivery(given: readonly unknown[]): Delivery {
    const { args, mark } = takeMark(given, this.#secret)
    const { replaying, repeated, call, mapped } = mark
    const { once } = this.#setting
    const keeps = once !== undefined && call !== undefined
    return {
      args,
      replaying,
      repeated,
      once: keeps ? (run) => once(call, { repeated, mapped, begun: this.#begun }, run) : (run) => run(),
    }
  }

  /** Resolves when every call the client waits for has its answer. */
  quiet(): Promise<void> | undefined {
    if (this.record.waiting === 0 || this.#ended !== undefined) return undefined
    return new Promise((resolve) => {
      const before = this.#quiet
      this.#quiet = () => {
        before?.()
        resolve()
      }
    })
  }

  /** Tells the client why, and ends the connection for good. */
  fail(error: unknown): void {
    if (this.#ended !== undefined) return
    const tooLarge = (error as { readonly code?: unknown }).code === 'frame_too_large'
    this.#setting.send(JSON.stringify(['abort', errorExpression(error)]))
    this.end(error)
    this.#setting.close(tooLarge ? 1009 : 1008, String((error as { readonly code?: unknown }).code ?? 'failed').slice(0, 100))
  }

  /** The connection is gone: what was handed out is disposed of. */
  end(reason: unknown = connectionClosed()): void {
    if (this.#ended !== undefined) return
    this.#ended = reason instanceof Error ? reason : connectionClosed()
    this.#reader?.reject(this.#ended)
    this.#quiet?.()
  }

  get ended(): boolean {
    return this.#ended !== undefined
  }

  // The transport of capnweb.

  receive(): Promise<string> {
    const next = this.#queue.shift()
    if (next !== undefined) return Promise.resolve(next)
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#reader = Promise.withResolvers()
    return this.#reader.promise
  }

  send(text: string): void {
    if (this.#ended !== undefined) return
    if (this.#overheard !== undefined) {
      this.#overheard(text)
      return
    }
    const wire = this.#numbers.toWire(text)
    const told = wire === undefined ? undefined : this.#wholeRelease(wire)
    if (told !== undefined) this.#tell(told)
  }

  abort(reason: unknown): void {
    if (this.#ended !== undefined) return
    this.end(reason)
    this.#setting.close(3000, 'The session ended.')
  }

  /** The client's number of a callback; undefined when it is none of this connection. */
  identify(callback: unknown): number | undefined {
    const { frame, id } = this.#overhear((remote) => remote.identify?.(callback))
    this.#give(JSON.stringify(['resolve', id, null]))
    const [what, number] = (((parseFrame(frame)[1] as unknown[])[3] as unknown[])[0] ?? []) as [unknown?, unknown?]
    if (what === 'import' && typeof number === 'number' && number < 0) return number
    if (what === 'export') this.#give(JSON.stringify(['release', number, 1]))
    return undefined
  }

  /** A callback that the client handed over in an earlier life, to be called again. */
  async adopt(kept: Kept): Promise<CallbackStub> {
    if (kept.stub !== undefined) return kept.stub
    let promise: unknown
    const { id } = this.#overhear((remote) => {
      promise = remote.adopt?.()
    })
    this.#give(JSON.stringify(['resolve', id, ['export', kept.id]]))
    const stub = (await promise) as CallbackStub
    kept.stub ??= stub
    return kept.stub
  }

  #overhear(speak: (remote: Readonly<Record<string, ((...args: unknown[]) => unknown) | undefined>>) => void): {
    frame: string
    id: number
  } {
    let heard: { frame: string; id: number } | undefined
    this.#overheard = (frame) => {
      this.#overheard = undefined
      heard = { frame, id: this.#numbers.hide() }
    }
    try {
      speak(this.#rpc.getRemoteMain() as unknown as Parameters<typeof speak>[0])
    } finally {
      this.#overheard = undefined
    }
    if (heard === undefined) throw new Error('The session has ended.')
    return heard
  }

  /** What the client let go of and nobody waits for. */
  tidy(): void {
    for (const frame of this.#letGo.splice(0)) this.#give(frame)
  }

  #give(frame: string): void {
    const reader = this.#reader
    if (reader === undefined) {
      this.#queue.push(frame)
      return
    }
    this.#reader = undefined
    reader.resolve(frame)
  }

  #tell(text: string): void {
    try {
      this.record.fromServer(text)
    } catch (error) {
      this.fail(error)
      return
    }
    this.#setting.send(text)
    if (this.record.waiting > 0) return
    const quiet = this.#quiet
    this.#quiet = undefined
    quiet?.()
  }

  #refuse(call: number, error: unknown): void {
    this.#tell(JSON.stringify(['reject', call, errorExpression(error)]))
  }

  /** A session counts a callback once, however often the client has handed it over, and knows nothing of those kept by name. */
  #wholeRelease(text: string): string | undefined {
    if (!text.startsWith('["release",-')) return text
    const id = frameHead(text)?.id ?? 0
    const held = this.record.callbacks.get(id)
    for (const kept of this.kept.values()) if (kept.id === id && kept.stub === undefined) return undefined
    return held === undefined ? undefined : JSON.stringify(['release', id, held])
  }

  /** Calls and streams of the server's last life: nobody waits for them here. */
  #endServerCalls(): void {
    for (const [id, pipe] of [...this.record.serverCalls]) {
      if (pipe) this.#tell(JSON.stringify(['stream', ['pipeline', id, ['abort'], [errorExpression(streamReset())]]]))
      this.#tell(JSON.stringify(['release', id, 1]))
    }
  }

  #replay(): void {
    const { record } = this
    const numbers = this.#numbers
    numbers.inject(undefined)
    // Whatever cannot be made again is one promise, broken with a typed error.
    this.#give(JSON.stringify(['push', ['promise', brokenPromise]]))
    this.#give(JSON.stringify(['reject', brokenPromise, errorExpression(notReplayable())]))

    const used = new Set<number>()
    for (const { id } of this.kept.values()) used.add(id)
    // An answer that holds promises has come when they have.
    const unfinished = new Set<number | undefined>()
    for (const [id, { needs, answered }] of record.entries) if (id < 0 && !answered) unfinished.add(needs[0])
    const pulls: number[] = []
    const letGo: number[] = []
    for (const [id, entry] of [...record.entries]) {
      const { text, path, needs, held, pulled, answered } = entry
      const waits = pulled && !answered
      if (text !== undefined && endsWithConnection(text)) {
        if (waits) this.#refuse(id, streamReset())
        continue
      }
      const source = text === undefined ? numbers.sessionId(needs[0] ?? 0) : undefined
      if (text === undefined && source === undefined) {
        if (waits) this.#refuse(id, notReplayable())
        continue
      }
      const over = answered && !unfinished.has(id)
      const frame = text === undefined ? JSON.stringify(['push', ['pipeline', source, path]]) : this.#again(id, text, over, used)
      const session = numbers.inject(id)
      this.#replayed.add(id)
      this.#give(frame)
      if (waits) pulls.push(session)
      if (held <= 0) letGo.push(session)
    }
    for (const session of pulls) this.#give(JSON.stringify(['pull', session]))
    // What was only needed to make something else.
    for (const session of letGo) this.#give(JSON.stringify(['release', session, 1]))
    for (const [id, held] of [...record.callbacks]) if (!used.has(id)) this.#tell(JSON.stringify(['release', id, held]))
  }

  #again(id: number, text: string, over: boolean, used: Set<number>): string {
    const [, expression] = parseFrame(text)
    eachId(expression, { own: (callback) => used.add(callback) })
    const frame = JSON.stringify(['push', this.#numbers.expression(expression)])
    const repeats = this.#setting.once !== undefined && !over
    return withMark(frame, this.#secret, repeats ? { ...plain, repeated: true, call: String(id) } : replay)
  }
}
