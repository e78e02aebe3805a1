import { ProviderError } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import type { ObjectSocket } from '../platform/types.ts'
import { isPlain } from '../storage/where.ts'
import { compileFilter, invalid } from './filter.ts'
import type { Bell } from './follow.ts'
import type { Reader } from './read.ts'
import type { ChangeFilter } from './types.ts'

const tag = 'changes'

/** All that is known of a reader while the object sleeps. */
interface Attached {
  /** Up to where it was sent. */
  readonly cursor: string
  readonly filter: ChangeFilter | null
  /** The last page is not acknowledged yet: nothing more is sent. */
  readonly waiting: boolean
}

interface Pair {
  readonly 0: unknown
  readonly 1: ObjectSocket
}

/**
 * Readers over hibernating WebSockets. The server sends `{ changes, cursor }` and the next page only after the client has said
 * `{ acknowledge: cursor }`; what it does not understand or can no longer give ends the socket with `{ error: { code, detail } }`.
 */
export function createSocketFeed(kernel: Kernel, reader: Reader, bell: Bell) {
  let unlisten: (() => void) | undefined

  const end = (socket: ObjectSocket, code: string, detail: string) => {
    socket.send(JSON.stringify({ error: { code, detail } }))
    socket.close(1008, code)
  }
  const pump = (socket: ObjectSocket) => {
    const attached = socket.deserializeAttachment() as Attached
    if (attached.waiting || socket.readyState !== 1) return
    try {
      const { cursor, filter } = attached
      const page = reader.read({ after: cursor, ...(filter === null ? {} : { filter }) })
      const found = page.changes.length > 0
      if (found || page.cursor !== cursor) {
        socket.serializeAttachment({ ...attached, cursor: page.cursor, waiting: found } satisfies Attached)
      }
      if (found) socket.send(JSON.stringify({ changes: page.changes, cursor: page.cursor }))
      // Others have their turn between two looks, however long nothing is found.
      else if (page.more) setTimeout(() => pump(socket), 0)
    } catch (error) {
      if (!ProviderError.is(error)) throw error
      end(socket, error.code, error.message)
    }
  }
  const listen = () => {
    unlisten ??= bell.listen(() => {
      const sockets = kernel.sockets.list(tag)
      for (const socket of sockets) pump(socket)
      if (sockets.length > 0) return
      unlisten?.()
      unlisten = undefined
    })
  }

  kernel.sockets.on(tag, {
    message: (socket, message) => {
      const attached = socket.deserializeAttachment() as Attached
      if (acknowledged(message) !== attached.cursor || !attached.waiting) {
        return end(socket, 'invalid_message', 'Send {"acknowledge": cursor} of the page, once.')
      }
      socket.serializeAttachment({ ...attached, waiting: false } satisfies Attached)
      pump(socket)
    },
    close: (socket, code) => socket.close(code === 1005 || code === 1006 ? 1000 : code),
  })
  // Those that were open before the object slept.
  if (kernel.sockets.list(tag).length > 0) listen()

  return {
    accept: (after: string | undefined, filter: ChangeFilter | undefined): Response => {
      compileFilter(filter)
      if (JSON.stringify(filter ?? null).length > 4_000) throw invalid('filter', 'A filter has at most 4,000 characters here.')
      const cursor = reader.cursorOf(reader.place(after ?? 'now'))
      const { WebSocketPair } = globalThis as unknown as { readonly WebSocketPair: new () => Pair }
      const { 0: client, 1: server } = new WebSocketPair()
      kernel.sockets.accept(server, tag)
      server.serializeAttachment({ cursor, filter: filter ?? null, waiting: false } satisfies Attached)
      listen()
      pump(server)
      return new Response(null, { status: 101, webSocket: client } as ResponseInit)
    },
  }
}

function acknowledged(message: string | ArrayBuffer): unknown {
  if (typeof message !== 'string' || message.length > 1_000) return undefined
  try {
    const said: unknown = JSON.parse(message)
    return isPlain(said) ? said.acknowledge : undefined
  } catch {
    return undefined
  }
}
