import { AsyncLocalStorage } from 'node:async_hooks'
import { refuse } from '@do/provider'
import { principalOf } from '../expose/main.ts'
import { type CallContext, withCall } from '../kernel/call-context.ts'
import type { Kernel } from '../kernel/types.ts'
import type { ObjectSocket } from '../platform/types.ts'
import { exceeds } from '../storage/json.ts'
import type { ConnectionAccess } from './access.ts'
import { forget, load, type Saved, save } from './attachment.ts'
import { errorExpression, resumeRefused, wireFields } from './errors.ts'
import { ping, pong } from './heartbeat.ts'
import type { Journal } from './journal.ts'
import type { RpcLimits } from './limits.ts'
import { SessionRecord } from './record.ts'
import { ServerSession } from './session.ts'
import type { Tokens } from './tokens.ts'
import { malformed } from './wire.ts'

export const socketTag = 'core.rpc'

/** One open socket, while the object is awake. */
export interface Connection {
  readonly socket: ObjectSocket
  saved: Saved
  session?: ServerSession
  resting: boolean
}

export interface Connections {
  accept(socket: ObjectSocket, saved: Saved, session?: string): void
  /** The one whose call is being served. */
  current(): Connection | undefined
  /** All of them, awake or not. */
  each(): Connection[]
  /** Its session, begun again where the object has slept. */
  wake(connection: Connection): ServerSession | undefined
  /** What the object must know when it wakes has changed. */
  changed(connection: Connection): void
}

interface Setting {
  readonly kernel: Kernel
  readonly main: (access: ConnectionAccess) => object
  readonly limits: RpcLimits
  readonly journal: Journal
  readonly tokens: Tokens
}

/** Messages of this long after one another are one rest: the attachment is written once for all of them. */
const restMs = 10

export function createConnections({ kernel, main, limits, journal, tokens }: Setting): Connections {
  const { storage } = kernel
  const awake = new Map<ObjectSocket, Connection>()
  const current = new AsyncLocalStorage<Connection>()

  const connectionOf = (socket: ObjectSocket): Connection | undefined => {
    const known = awake.get(socket)
    if (known !== undefined) return known
    const saved = load(storage, socket)
    if (saved === undefined) return undefined
    const connection: Connection = { socket, saved, resting: false }
    awake.set(socket, connection)
    return connection
  }

  const send = (socket: ObjectSocket, text: string) => {
    try {
      socket.send(text)
    } catch {
      // The client is gone; the close event tells the session.
    }
  }
  const close = (socket: ObjectSocket, code: number, reason: string) => {
    try {
      socket.close(code, reason)
    } catch {
      // Closed already.
    }
  }

  const begin = (connection: Connection, record: SessionRecord): ServerSession => {
    const { socket, saved } = connection
    const { principal, requestId, session: id } = saved
    let session: ServerSession
    const call: CallContext = { requestId, ...principalOf(principal) }
    const access: ConnectionAccess = {
      principal,
      connection: saved.connection,
      requestId,
      transport: 'websocket',
      deliver: (given) => session.delivery(given),
      context: call,
    }
    session = new ServerSession({
      record,
      main: main(access),
      kept: new Map(saved.kept),
      send: typeof id === 'string' ? gathered(connection, (text) => send(socket, text)) : (text) => send(socket, text),
      close: (code, reason) => close(socket, code, reason),
      within: (_, start) => withCall(call, () => current.run(connection, start)),
      ...(typeof id === 'string'
        ? {
            once: (key, how, run) => journal.once(id, key, how, run),
            acknowledged: (key) => journal.acknowledged(id, key),
          }
        : {}),
    })
    connection.session = session
    return session
  }

  const tooLong = () => refuse('frame_too_large', `A frame may have ${limits.maxFrameBytes} bytes. Send large values in parts.`)

  /** Our client puts the frames of one turn into one message, a line each. */
  const deliverAll = (connection: Connection, message: string) => {
    const session = wake(connection)
    const frames = message.split('\n')
    if (exceeds(message, limits.maxFrameBytes) && frames.some((frame) => exceeds(frame, limits.maxFrameBytes))) {
      session?.fail(tooLong())
    } else session?.deliver(frames)
  }

  const wake = (connection: Connection): ServerSession | undefined => {
    if (connection.session !== undefined) return connection.session.ended ? undefined : connection.session
    const { record } = connection.saved
    if (connection.saved.session === null) return undefined
    return begin(connection, record === undefined ? new SessionRecord(limits) : SessionRecord.from(record, limits))
  }

  const write = (connection: Connection) => {
    const { session, socket } = connection
    if (session === undefined || session.ended) return
    const kept = [...session.kept].map(([name, { id }]) => [name, id] as const)
    connection.saved = { ...connection.saved, kept, record: session.record.snapshot() }
    try {
      save(storage, socket, connection.saved)
    } catch (error) {
      session.fail(error)
    }
  }

  /**
   * Resolves when the object may sleep: all calls have been answered, and what is needed to go on is written. The message that
   * begins a rest waits for its end, those that come meanwhile need not: one open event keeps the object awake.
   */
  const rest = (connection: Connection): Promise<void> | undefined => {
    if (connection.resting) return undefined
    connection.resting = true
    return new Promise((resolve) => setTimeout(resolve, restMs))
      .then(() => connection.session?.quiet())
      .then(() => {
        connection.resting = false
        connection.session?.tidy()
        write(connection)
      })
  }

  /** The first frame of a client that was here before: `["resume", token, record]`. */
  const resume = (connection: Connection, text: string) => {
    const { socket, saved } = connection
    const id = kernel.ctx.getTags(socket)[1]?.slice(2) ?? ''
    try {
      const [kind, token, snapshot] = parse(text)
      if (kind !== 'resume') throw resumeRefused()
      tokens.redeem(id, token, saved.principal)
      const record = SessionRecord.from(snapshot, limits)
      // The connection it comes from may not know yet that it is dead.
      for (const other of kernel.sockets.list(sessionTag(id)))
        if (other !== socket && awake.get(other)?.saved.session !== null) end(other, 1012, 'resumed')
      connection.saved = { ...saved, session: id, kept: [...tokens.kept(id)] }
      send(socket, '["resumed"]')
      begin(connection, record)
    } catch (error) {
      send(socket, JSON.stringify(['refused', wireFields(error)]))
      end(socket, 1008, 'resume_refused')
    }
  }

  const end = (socket: ObjectSocket, code: number, reason: string) => {
    const connection = awake.get(socket)
    awake.delete(socket)
    connection?.session?.end()
    if (typeof connection?.saved.session === 'string') journal.closed(connection.saved.session)
    forget(storage, socket)
    close(socket, code, reason)
  }

  kernel.sockets.on(socketTag, {
    message: (socket, message) => {
      const connection = connectionOf(socket)
      if (connection === undefined) return close(socket, 1011, 'unknown_connection')
      const { session } = connection.saved
      if (message === ping && session !== undefined) return send(socket, pong)
      const most = session === undefined ? limits.maxFrameBytes : limits.maxResumeBytes
      if (typeof message !== 'string' || exceeds(message, most)) {
        const error = typeof message === 'string' ? tooLong() : malformed()
        send(socket, JSON.stringify(['abort', errorExpression(error)]))
        return end(socket, typeof message === 'string' ? 1009 : 1008, error.code)
      }
      if (session === null) resume(connection, message)
      else if (session !== undefined) deliverAll(connection, message)
      else wake(connection)?.deliver([message])
      return rest(connection)
    },
    close: (socket, code) => end(socket, code === 1005 || code === 1006 ? 1000 : code, ''),
    error: (socket) => end(socket, 1011, 'error'),
  })

  return {
    accept: (socket, saved, id) => {
      kernel.sockets.accept(socket, socketTag, ...(id === undefined ? [] : [sessionTag(id)]))
      save(storage, socket, saved)
    },
    current: () => current.getStore(),
    each: () => kernel.sockets.list(socketTag).flatMap((socket) => connectionOf(socket) ?? []),
    wake,
    changed: (connection) => {
      const { session, saved } = connection
      if (session === undefined) return
      if (typeof saved.session === 'string')
        tokens.keep(saved.session, new Map([...session.kept].map(([name, { id }]) => [name, id])))
      write(connection)
    },
  }
}

/** What leaves while the client waits for more goes as one message: at the latest in the next turn. */
function gathered(connection: Connection, send: (text: string) => void): (text: string) => void {
  let lines: string[] = []
  const flush = () => {
    if (lines.length > 0) send(lines.length === 1 ? (lines[0] as string) : lines.join('\n'))
    lines = []
  }
  return (text) => {
    lines.push(text)
    if (connection.session === undefined || connection.session.record.waiting === 0 || lines.length > 500) flush()
    else if (lines.length === 1) setTimeout(flush, 0)
  }
}

export function sessionTag(id: string): string {
  return `s:${id}`
}

function parse(text: string): readonly unknown[] {
  const frame: unknown = JSON.parse(text)
  if (!Array.isArray(frame)) throw malformed()
  return frame
}
