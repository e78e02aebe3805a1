// The part of the platform that this package uses, as narrow types of its own: neither the sources nor the published
// declarations need @cloudflare/workers-types, and whoever has them can pass the real things.

export type SqlValue = ArrayBuffer | string | number | null

export interface SqlCursor<Row> extends Iterable<Row> {
  toArray(): Row[]
  one(): Row
  readonly rowsWritten: number
}

export interface SqlStorage {
  exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): SqlCursor<Row>
  readonly databaseSize: number
}

/** https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/ */
export interface ObjectStorage {
  readonly sql: SqlStorage
  /** Rolls back when `run` throws, a `setAlarm` inside it included. Nests as savepoints. */
  transactionSync<T>(run: () => T): T
  getAlarm(): Promise<number | null>
  setAlarm(at: number): Promise<void>
  deleteAlarm(): Promise<void>
  /** Everything of this object. The alarm is one of its own: delete it too. */
  deleteAll(): Promise<void>
  /** Resolves when everything written so far is on disk. */
  sync(): Promise<void>
}

export interface ObjectContext {
  readonly id: { readonly name?: string | undefined; toString(): string }
  readonly storage: ObjectStorage
  waitUntil(work: Promise<unknown>): void
  /** Ends this life of the object; the next request begins another. */
  abort(reason?: string): void
  /** Hibernating: https://developers.cloudflare.com/durable-objects/best-practices/websockets/ */
  acceptWebSocket(socket: ObjectSocket, tags?: string[]): void
  getWebSockets(tag?: string): ObjectSocket[]
  getTags(socket: ObjectSocket): string[]
  /** A message that the platform itself answers, without waking the object. One for all sockets. */
  setWebSocketAutoResponse(pair: object): void
  getWebSocketAutoResponse(): object | null
}

/** The server end of a WebSocket, in an object. */
export interface ObjectSocket {
  readonly readyState: number
  send(message: string | ArrayBuffer | ArrayBufferView): void
  close(code?: number, reason?: string): void
  /** At most 16,384 bytes; kept while the object hibernates, lost with the socket. */
  serializeAttachment(attachment: unknown): void
  deserializeAttachment(): unknown
}

/** What a Worker's binding to a Durable Object class offers. */
export interface ObjectNamespace {
  idFromName(name: string): unknown
  get(id: unknown): { fetch(request: Request): Promise<Response> }
}

export interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void
}
