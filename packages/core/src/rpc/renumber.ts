// Between the numbers on the wire, which count since the client connected first, and those of a Cap'n Web session that began later.
import type { SessionRecord } from './record.ts'
import { callHead, frameHead, hasReferences, type Ids, kindOf, mapIds, parseFrame, withHead } from './wire.ts'

/** The id under which the session holds the broken promise that stands for whatever could not be made again. */
export const brokenCall = 1

export interface Renumbering {
  /** A frame of the client, for the session; undefined when there is nothing to tell it. */
  toSession(text: string): string | undefined
  /** A frame of the session, for the client; undefined when the client never asked for it. */
  toWire(text: string): string | undefined
  /** A call that is put before the client's: answers its number in the session. */
  inject(wire: number | undefined): number
  /** A promise of the session's own making, of which the client knows nothing: takes the next number of the server's calls. */
  hide(): number
  /** The session's number of what the client knows as `wire`; undefined when that is gone. */
  sessionId(wire: number): number | undefined
  /** What the client no longer holds. */
  drop(wire: number): void
  /** For the calls that go before the client's: the same expression, in the session's numbers. */
  expression(expression: unknown): unknown
}

/** For a session that begins when `record` has come this far. A record that is new gives numbers that are the same on both sides. */
export function createRenumbering(record: SessionRecord): Renumbering {
  const base = { clientPushes: record.clientPushes, serverPushes: record.serverPushes, exports: record.exports }
  const wasUsed = base.clientPushes + base.serverPushes + base.exports > 0
  /** Numbers that both sides give alike need no second look. */
  let identical = !wasUsed
  let injected = 0
  const bySession = new Map<number, number>()
  const byWire = new Map<number, number>()
  /** The session's own calls that never reached the client, in their order. */
  const hidden: number[] = []

  const theirs = (id: number): number => {
    if (id === 0) return 0
    if (id > base.clientPushes) return id - base.clientPushes + injected
    if (id < -base.exports) return id + base.exports
    return byWire.get(id) ?? brokenCall
  }
  const serverCallToWire = (id: number): number => {
    let before = 0
    for (const own of hidden) if (own < id) before += 1
    return id - before + base.serverPushes
  }
  const serverCallToSession = (id: number): number => {
    let session = id - base.serverPushes
    if (session <= 0) return unknownCall
    for (const own of hidden) if (own <= session) session += 1
    return session
  }
  const fromClient: Ids = { theirs, own: (id) => id, pipe: theirs }
  const fromServer: Ids = {
    theirs: (id) => (id > 0 ? serverCallToWire(id) : id),
    own: (id) => id - base.exports,
    pipe: serverCallToWire,
  }

  const mapped = (text: string, ids: Ids): string => {
    const [kind, ...parts] = parseFrame(text)
    const at = kind === 'push' || kind === 'stream' ? 0 : 1
    return JSON.stringify([kind, ...parts.map((part, index) => (index === at ? mapIds(part, ids) : part))])
  }

  const answerToWire = (id: number): number | undefined => {
    if (id < 0) return id - base.exports
    return id > injected ? id - injected + base.clientPushes : bySession.get(id)
  }

  return {
    inject: (wire) => {
      identical = false
      injected += 1
      if (wire !== undefined) {
        bySession.set(injected, wire)
        byWire.set(wire, injected)
      }
      return injected
    },
    hide: () => {
      identical = false
      const id = record.serverPushes - base.serverPushes + hidden.length + 1
      hidden.push(id)
      return id
    },
    sessionId: (wire) => {
      if (wire > base.clientPushes || wire < -base.exports) return theirs(wire)
      return byWire.get(wire)
    },
    drop: (wire) => {
      const session = byWire.get(wire)
      byWire.delete(wire)
      if (session !== undefined) bySession.delete(session)
    },
    expression: (expression) => mapIds(expression, fromClient),
    toSession: (text) => {
      if (identical) return text
      switch (kindOf(text)) {
        case 'push':
        case 'stream': {
          const head = callHead(text)
          if (head === undefined || hasReferences(text, head.end)) return mapped(text, fromClient)
          return withHead(text, head, theirs(head.id))
        }
        case 'resolve':
        case 'reject': {
          const head = frameHead(text)
          if (head === undefined) return text
          const renumbered = head.id > 0 ? withHead(text, head, serverCallToSession(head.id)) : text
          return hasReferences(renumbered, 10) ? mapped(renumbered, fromClient) : renumbered
        }
        case 'pull': {
          const head = frameHead(text)
          return head === undefined ? text : withHead(text, head, theirs(head.id))
        }
        default:
          return text
      }
    },
    toWire: (text) => {
      if (identical) return text
      switch (kindOf(text)) {
        case 'resolve':
        case 'reject': {
          const head = frameHead(text)
          const wire = head === undefined ? undefined : answerToWire(head.id)
          if (head === undefined || wire === undefined) return undefined
          const renumbered = withHead(text, head, wire)
          return hasReferences(renumbered, 10) ? mapped(renumbered, fromServer) : renumbered
        }
        case 'push':
        case 'stream': {
          const head = callHead(text)
          if (head === undefined || hasReferences(text, head.end)) return mapped(text, fromServer)
          return head.id > 0 ? withHead(text, head, serverCallToWire(head.id)) : text
        }
        case 'pull':
        case 'release': {
          const head = frameHead(text)
          if (head === undefined || head.id < 0) return text
          return hidden.includes(head.id) ? undefined : withHead(text, head, serverCallToWire(head.id))
        }
        default:
          return text
      }
    },
  }
}

/** An answer to a number that no session has given: what it holds is given back at once. */
const unknownCall = 2 ** 31
