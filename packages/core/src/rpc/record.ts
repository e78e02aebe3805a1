// What both ends know of one session by watching its frames: enough to begin it anew on another Cap'n Web session, after a wake
// (the server reads its own record) and after a reconnect (the client sends its record). The same code watches on both sides.
import { refuse } from '@do/provider/errors'
import { callHead, eachId, type FrameKind, frameHead, hasReferences, kindOf, type Path, parseFrame, releaseOf } from './wire.ts'

export interface RecordLimits {
  /** Capabilities of the server that the client holds. */
  readonly maxCapabilities: number
  /** Calls of the client that it has not released: unanswered ones, and promises it still holds. */
  readonly maxUnresolved: number
  /** Bytes of text from which held capabilities would be made again. */
  readonly maxProvenanceBytes: number
}

export const unlimited: RecordLimits = { maxCapabilities: Infinity, maxUnresolved: Infinity, maxProvenanceBytes: Infinity }

/** A call of the client (id > 0) or a capability that one handed out (id < 0). */
export interface Entry {
  /** Of a call: its frame. */
  readonly text?: string
  /** Of a capability: where in the answer of its first dependency it is. */
  readonly path?: Path
  /** What must be made before this one. */
  readonly needs: readonly number[]
  /** References the client holds. */
  held: number
  /** Entries that need this one. */
  needed: number
  pulled: boolean
  answered: boolean
  /** Its answer handed nothing out: to let go of it does nothing more than that. */
  plain: boolean
  /** Its text counts as provenance: something was handed out by it. */
  provenance: boolean
}

export type Snapshot = readonly [
  clientPushes: number,
  serverPushes: number,
  exports: number,
  entries: readonly (
    | readonly [id: number, held: number, flags: number, text: string]
    | readonly [id: number, held: number, from: number, path: Path, answered: 0 | 1]
  )[],
  callbacks: readonly (readonly [id: number, held: number])[],
  serverCalls: readonly number[],
]

const callStart = '["push",["pipeline",'.length

export class SessionRecord {
  /** Pushes, streams and pipes the client has sent: each has taken one number. */
  clientPushes = 0
  serverPushes = 0
  /** Numbers the server has taken for what it handed out. */
  exports = 0
  readonly entries = new Map<number, Entry>()
  /** What the client has handed to the server and not got back. */
  readonly callbacks = new Map<number, number>()
  /** Calls (false) and pipes (true) of the server that it has not released. */
  readonly serverCalls = new Map<number, boolean>()
  /** Calls whose answer the client waits for. */
  waiting = 0
  #capabilities = 0
  #provenance = 0
  readonly #limits: RecordLimits

  constructor(limits: RecordLimits = unlimited) {
    this.#limits = limits
  }

  /** A frame of the client, as it counts. Answers the entry that it made no longer needed, if any. @throws ProviderError when a limit is passed. */
  fromClient(text: string, kind: FrameKind | undefined = kindOf(text)): void {
    switch (kind) {
      case 'push':
        this.#push(text)
        return
      case 'pull': {
        const entry = this.entries.get(frameHead(text)?.id ?? 0)
        if (entry === undefined || entry.pulled) return
        entry.pulled = true
        if (!entry.answered) this.waiting += 1
        return
      }
      case 'release': {
        const { id, count } = releaseOf(text)
        this.#release(id, count)
        return
      }
      case 'stream':
        this.clientPushes += 1
        if (hasReferences(text, callStart)) this.#callbacksIn(parseFrame(text)[1])
        return
      case 'pipe':
        this.clientPushes += 1
        return
      case 'resolve':
      case 'reject':
        if (hasReferences(text, 10)) this.#callbacksIn(parseFrame(text)[2])
        return
    }
  }

  /** A frame of the server, in the numbers of the client. @throws ProviderError when a limit is passed. */
  fromServer(text: string, kind: FrameKind | undefined = kindOf(text)): void {
    switch (kind) {
      case 'resolve':
      case 'reject':
        this.#answer(text)
        return
      case 'push':
        this.serverPushes += 1
        this.serverCalls.set(this.serverPushes, false)
        this.#exportsIn(text)
        return
      case 'stream':
        this.serverPushes += 1
        this.#exportsIn(text)
        return
      case 'pipe':
        this.serverPushes += 1
        this.serverCalls.set(this.serverPushes, true)
        return
      case 'release': {
        const { id, count } = releaseOf(text)
        if (id > 0) this.serverCalls.delete(id)
        else this.#letGo(id, count)
        return
      }
    }
  }

  /** All that another session needs to go on. JSON. */
  snapshot(): Snapshot {
    const entries = [...this.entries].map(([id, { text, path, needs, held, pulled, answered }]) =>
      text === undefined
        ? ([id, held, needs[0] as number, path as Path, answered ? 1 : 0] as const)
        : ([id, held, (pulled ? 1 : 0) + (answered ? 2 : 0), text] as const),
    )
    return [
      this.clientPushes,
      this.serverPushes,
      this.exports,
      entries,
      [...this.callbacks],
      [...this.serverCalls].map(([id, pipe]) => (pipe ? -id : id)),
    ]
  }

  /** @throws ProviderError `invalid_record` for anything that `snapshot` would not have made, and the limits. */
  static from(snapshot: unknown, limits?: RecordLimits): SessionRecord {
    const record = new SessionRecord(limits)
    const [clientPushes, serverPushes, exports, entries, callbacks, serverCalls] = list(snapshot)
    record.clientPushes = count(clientPushes)
    record.serverPushes = count(serverPushes)
    record.exports = count(exports)
    for (const item of list(entries)) {
      const [id, held, detail, what, answered] = list(item)
      if (typeof id !== 'number' || record.entries.has(id)) throw invalid()
      if (id > 0) {
        const text = typeof what === 'string' && kindOf(what) === 'push' ? what : undefined
        if (text === undefined || count(id) > record.clientPushes) throw invalid()
        const flags = count(detail)
        record.#keep(id, {
          text,
          needs: needsOf(text),
          held: count(held),
          pulled: (flags & 1) === 1,
          answered: (flags & 2) === 2,
        })
      } else {
        if (count(-id) > record.exports || id === 0 || !record.entries.has(count(detail))) throw invalid()
        const path = list(what)
        if (!path.every((part) => typeof part === 'string' || Number.isSafeInteger(part))) throw invalid()
        const needs = [detail as number]
        record.#keep(id, { path: path as Path, needs, held: count(held), pulled: answered === 0, answered: answered !== 0 })
      }
    }
    for (const item of list(callbacks)) {
      const [id, held] = list(item)
      if (count(-Number(id)) === 0) throw invalid()
      record.callbacks.set(Number(id), count(held))
    }
    for (const id of list(serverCalls)) {
      if (count(Math.abs(Number(id))) > record.serverPushes) throw invalid()
      record.serverCalls.set(Math.abs(Number(id)), Number(id) < 0)
    }
    record.#check()
    return record
  }

  #push(text: string): void {
    this.clientPushes += 1
    const target = callHead(text)
    // Nearly every call is one of the main object with plain values: nothing to look for.
    const plain = target !== undefined && !hasReferences(text, callStart)
    const needs = plain ? (target.id === 0 ? nothing : [target.id]) : needsOf(text)
    if (!plain) this.#callbacksIn(parseFrame(text)[1])
    this.#keep(this.clientPushes, { text, needs, held: 1, pulled: false, answered: false })
    if (this.entries.size - this.#capabilities > this.#limits.maxUnresolved) this.#check()
  }

  #keep(id: number, { text, path, needs, held, pulled, answered }: Omit<Entry, 'needed' | 'plain' | 'provenance'>): void {
    // One shape for all entries: this is the path of every call.
    this.entries.set(id, { text, path, needs, held, needed: 0, pulled, answered, plain: false, provenance: false } as Entry)
    for (const need of needs) {
      const entry = this.entries.get(need)
      if (entry === undefined) continue
      entry.needed += 1
      if (id > 0 || entry.provenance) continue
      entry.provenance = true
      this.#provenance += entry.text?.length ?? 0
    }
    if (id < 0) this.#capabilities += 1
    if (pulled && !answered) this.waiting += 1
  }

  #answer(text: string): void {
    const id = frameHead(text)?.id ?? 0
    const entry = this.entries.get(id)
    if (entry !== undefined && !entry.answered) {
      if (entry.pulled) this.waiting -= 1
      entry.answered = true
    }
    if (!hasReferences(text, 10)) {
      if (entry !== undefined) entry.plain = true
      return
    }
    eachId(parseFrame(text)[2], {
      own: (exported, kind, path) => {
        this.exports = Math.max(this.exports, -exported)
        if (kind === 'writable' || entry === undefined) return
        const known = this.entries.get(exported)
        if (known !== undefined) {
          known.held += 1
          return
        }
        // Below a promise that the answer had in it, the path goes on.
        const needs = id > 0 ? [id] : entry.needs
        this.#keep(exported, {
          path: id > 0 ? path : [...(entry.path ?? []), ...path],
          needs,
          held: 1,
          // A promise in an answer is told by itself, when it has one.
          pulled: kind === 'promise',
          answered: kind !== 'promise',
        })
      },
    })
    this.#check()
  }

  #release(id: number, count: number): void {
    const entry = this.entries.get(id)
    if (entry === undefined) return
    entry.held -= count
    this.#forget(id, entry)
  }

  #forget(id: number, entry: Entry): void {
    if (entry.held > 0 || entry.needed > 0) return
    this.entries.delete(id)
    if (entry.pulled && !entry.answered) this.waiting -= 1
    if (id < 0) this.#capabilities -= 1
    else {
      if (entry.provenance) this.#provenance -= entry.text?.length ?? 0
    }
    for (const need of entry.needs) {
      const other = this.entries.get(need)
      if (other === undefined) continue
      other.needed -= 1
      this.#forget(need, other)
    }
  }

  #callbacksIn(expression: unknown): void {
    eachId(expression, {
      own: (id) => {
        this.callbacks.set(id, (this.callbacks.get(id) ?? 0) + 1)
      },
    })
  }

  #letGo(id: number, count: number): void {
    const held = (this.callbacks.get(id) ?? 0) - count
    if (held > 0) this.callbacks.set(id, held)
    else this.callbacks.delete(id)
  }

  #exportsIn(text: string): void {
    if (!hasReferences(text, callStart)) return
    eachId(parseFrame(text)[1], {
      own: (id) => {
        this.exports = Math.max(this.exports, -id)
      },
    })
  }

  #check(): void {
    const { maxCapabilities, maxUnresolved, maxProvenanceBytes } = this.#limits
    if (this.#capabilities > maxCapabilities) {
      throw refuse(
        'too_many_capabilities',
        `More than ${maxCapabilities} capabilities are held. Dispose of those you no longer need.`,
        { fault: 'quota' },
      )
    }
    if (this.entries.size - this.#capabilities > maxUnresolved) {
      throw refuse(
        'too_many_calls',
        `More than ${maxUnresolved} calls are unanswered or not released. Await or dispose of them.`,
        { fault: 'quota' },
      )
    }
    if (this.#provenance > maxProvenanceBytes) {
      throw refuse(
        'provenance_too_long',
        'What the held capabilities were made from is too long. Hold fewer, or make them from shorter arguments.',
        { fault: 'quota' },
      )
    }
  }
}

const nothing: readonly number[] = []

/** What an expression of the client refers to on the server's side. */
function needsOf(text: string): readonly number[] {
  const needs: number[] = []
  eachId(parseFrame(text)[1], {
    theirs: (id) => {
      if (typeof id !== 'number') throw invalid()
      if (id !== 0 && !needs.includes(id)) needs.push(id)
    },
  })
  return needs
}

/** Does the call's text lean on something that ends with a connection: streams, and promises the client would have to keep twice? */
export function endsWithConnection(text: string): boolean {
  return /\["(?:readable|writable|promise)",/.test(text)
}

function invalid() {
  return refuse('invalid_record', 'This is no record of an RPC session. Use the client library.')
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw invalid()
}

function count(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalid()
}
