// The floors: a Worker and Durable Objects with nothing between the request and the platform, and stock Cap'n Web.

import { DurableObject } from 'cloudflare:workers'
import type { ObjectContext } from '@do/core'
import { newWorkersWebSocketRpcResponse, RpcTarget } from 'capnweb'

type Namespace = { idFromName(name: string): unknown; get(id: unknown): { fetch(request: Request): Promise<Response> } }

type ObjectSocket = Parameters<ObjectContext['acceptWebSocket']>[0]

/** The platform's. */
declare const WebSocketPair: new () => { readonly 0: WebSocket; readonly 1: ObjectSocket }

/** It has one answer, and does not look at what it is asked. */
export class Answer extends DurableObject {
  fetch(): Response {
    return Response.json({ ok: true })
  }
}

/** It reads what it is asked, as an object must that has more than one answer: the address, its query, a wish for a WebSocket. */
export class Reader extends DurableObject {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (request.headers.get('upgrade') === 'websocket') return new Response(null, { status: 426 })
    switch (pathname) {
      case '/Reader/a':
        return Response.json({ ok: true, value: searchParams.get('value') ?? undefined })
      case '/Reader/a/count':
        return Response.json({ count: Number(searchParams.get('count')) })
      default:
        return new Response(null, { status: 404 })
    }
  }
}

/** Each request a row and a commit of its own: the answer waits until it is on disk. */
export class Entries extends DurableObject {
  constructor(ctx: ObjectContext, env: unknown) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, value TEXT NOT NULL)')
  }

  fetch(): Response | Promise<Response> {
    this.insert()
    return Response.json({ ok: true })
  }

  insert(): void {
    this.ctx.storage.sql.exec('INSERT INTO entries (value) VALUES (?)', 'x'.repeat(100))
  }
}

/** What group commit can bring at most: the rows of all requests of one turn in one transaction, and nothing else done for them. */
export class Grouped extends Entries {
  #waiting: PromiseWithResolvers<Response>[] = []

  override fetch(): Promise<Response> {
    const answer = Promise.withResolvers<Response>()
    if (this.#waiting.push(answer) === 1) setTimeout(() => this.#commit(), 0)
    return answer.promise
  }

  #commit(): void {
    const group = this.#waiting
    this.#waiting = []
    this.ctx.storage.transactionSync(() => {
      for (const _ of group) this.insert()
    })
    // The platform keeps answers back until what was written before them is on disk.
    for (const answer of group) answer.resolve(Response.json({ ok: true }))
  }
}

/** As many transactions, one after the other, as a journal of that many steps cannot do without. */
export class Steps extends DurableObject {
  async fetch(request: Request): Promise<Response> {
    const { sql } = this.ctx.storage
    sql.exec(
      'CREATE TABLE IF NOT EXISTS steps (run INTEGER, position INTEGER, name TEXT, result TEXT, PRIMARY KEY (run, position))',
    )
    const run = sql.exec<{ next: number }>('SELECT coalesce(max(run), 0) + 1 AS next FROM steps').one().next
    const count = Number(request.url.split('/').at(-1))
    for (let position = 0; position < count; position++) {
      this.ctx.storage.transactionSync(() =>
        sql.exec('INSERT INTO steps VALUES (?, ?, ?, ?)', run, position, 'add', `${position}`),
      )
    }
    await this.ctx.storage.sync()
    return Response.json({ ok: true })
  }
}

class Echo extends RpcTarget {
  echo(value: string): string {
    return value
  }
}

/** Stock Cap'n Web: its sockets keep the object in memory. */
export class Pinned extends DurableObject {
  fetch(request: Request): Response {
    return newWorkersWebSocketRpcResponse(request, new Echo())
  }
}

/** The same, and nothing is compressed. */
export class Uncompressed extends DurableObject {
  fetch(request: Request): Response {
    const { webSocket } = newWorkersWebSocketRpcResponse(request, new Echo()) as Response & { readonly webSocket: WebSocket }
    return new Response(null, { status: 101, webSocket, headers: { 'sec-websocket-extensions': 'none' } } as ResponseInit)
  }
}

/** A hibernating socket that sends back what comes. */
export class Hibernating extends DurableObject {
  fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client } as ResponseInit)
  }

  webSocketMessage(socket: ObjectSocket, message: string | ArrayBuffer): void {
    socket.send(message)
  }
}

export default {
  fetch(request: Request, env: Readonly<Record<string, Namespace>>): Response | Promise<Response> {
    const [, type = '', name = ''] = new URL(request.url).pathname.split('/')
    const namespace = env[type]
    if (namespace === undefined) return new Response('ok')
    return namespace.get(namespace.idFromName(name)).fetch(request)
  },
}
