import { newHttpBatchRpcResponse } from 'capnweb'
import { sendError } from '../expose/errors.ts'
import type { RequestContext } from '../http/context.ts'
import { problem } from '../http/problem.ts'
import type { Kernel } from '../kernel/types.ts'
import type { ObjectSocket } from '../platform/types.ts'
import { exceeds } from '../storage/json.ts'
import type { ConnectionAccess } from './access.ts'
import { type Callbacks, createCallbacks } from './callbacks.ts'
import { createConnections } from './connections.ts'
import { answerPings } from './heartbeat.ts'
import { createJournal } from './journal.ts'
import { defaultLimits, type RpcLimits } from './limits.ts'
import { again, compressed, fresh } from './protocols.ts'
import { createTokens } from './tokens.ts'
import { maxFrameDepth } from './wire.ts'

export interface RpcOptions {
  /** The main object of a connection: made for each one, and again after each wake. */
  readonly main: (access: ConnectionAccess) => object
  readonly limits?: Partial<RpcLimits>
  /** How long a client may stay away before its session is forgotten, and how long answers of writes are kept for it. Default 86,400,000 ms. */
  readonly resumeMs?: number
}

export interface Rpc {
  readonly callbacks: Callbacks
  /** For inspection. */
  connections(): readonly { readonly connection: string; readonly principal: unknown }[]
}

export interface RpcRoom {
  readonly rpc: Rpc
  /** Serves `GET` with an upgrade to a WebSocket, and `POST` of a batch. The principal is `context.vars.principal`. */
  handle(context: RequestContext): Promise<Response>
}

/**
 * Left to itself, the platform compresses every message of a client that can read it, which for messages as short as calls costs time
 * at both ends and saves nothing: https://www.rfc-editor.org/rfc/rfc7692. It does not where the answer names another extension.
 */
function handshake(protocol: string, compresses: boolean): Record<string, string> {
  const headers = { 'sec-websocket-protocol': protocol }
  return compresses ? headers : { ...headers, 'sec-websocket-extensions': 'none' }
}

/** Cap'n Web over hibernating WebSockets and over HTTP batches. */
export function createRpc(kernel: Kernel, { main, resumeMs = 86_400_000, limits: own = {} }: RpcOptions): RpcRoom {
  const limits: RpcLimits = { ...defaultLimits, ...own }
  const journal = createJournal(kernel, resumeMs)
  const tokens = createTokens(kernel, resumeMs)
  const connections = createConnections({ kernel, main, limits, journal, tokens })

  const connect = (context: RequestContext): Response => {
    const protocols = (context.request.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
    const resumes = protocols.find((name) => name.startsWith(again))
    const protocol = resumes ?? protocols.find((name) => name === fresh)
    const { 0: client, 1: socket } = new (globalThis as unknown as Platform).WebSocketPair()
    const { requestId } = context
    const saved = { connection: crypto.randomUUID(), requestId, principal: context.vars.principal ?? null, kept: [] }
    if (protocol !== undefined) answerPings(kernel.ctx)
    if (resumes !== undefined) {
      connections.accept(socket, { ...saved, session: null }, resumes.slice(again.length))
    } else if (protocol !== undefined) {
      const { token, session } = tokens.issue(saved.principal)
      connections.accept(socket, { ...saved, session }, session)
      socket.send(JSON.stringify(['session', session, token]))
    } else {
      connections.accept(socket, saved)
    }
    const headers = protocol === undefined ? {} : handshake(protocol, protocols.includes(compressed))
    return new Response(null, { status: 101, webSocket: client, headers } as ResponseInit)
  }

  const batch = async ({ request, requestId, vars }: RequestContext): Promise<Response> => {
    const body = await request.text()
    if (exceeds(body, limits.maxFrameBytes))
      throw problem(413, 'too_large', `A batch may have ${limits.maxFrameBytes} bytes. Send it in parts.`)
    if (body.split('\n', limits.maxUnresolved * 3 + 1).length > limits.maxUnresolved * 3) {
      throw problem(413, 'too_many_calls', `A batch may have ${limits.maxUnresolved} calls. Send it in parts.`)
    }
    const access: ConnectionAccess = {
      principal: vars.principal ?? null,
      connection: requestId,
      requestId,
      transport: 'batch',
      deliver: (args) => ({ args, replaying: false, repeated: false, once: (run) => run() }),
    }
    const copy = new Request(request.url, { method: 'POST', body })
    return newHttpBatchRpcResponse(copy, main(access), { onSendError: sendError, limits: { maxDepth: maxFrameDepth } })
  }

  return {
    rpc: {
      callbacks: createCallbacks(connections),
      connections: () => connections.each().map(({ saved: { connection, principal } }) => ({ connection, principal })),
    },
    handle: async (context) => {
      const { request } = context
      if (request.method === 'POST') return batch(context)
      if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') return connect(context)
      throw problem(426, 'upgrade_required', "This speaks Cap'n Web: open a WebSocket, or post a batch.", {
        headers: { upgrade: 'websocket' },
      })
    },
  }
}

interface Platform {
  readonly WebSocketPair: new () => { readonly 0: WebSocket; readonly 1: ObjectSocket }
}
