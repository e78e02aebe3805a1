import { type Page, refuse } from '@do/provider'
import type { InternalOptions } from '../actions/create.ts'
import type { ActionDefinition, Actions } from '../actions/types.ts'
import type { Kernel } from '../kernel/types.ts'
import { checkKey, encodeJson, type Json } from '../storage/json.ts'
import { type Predicate, wherePredicate } from '../storage/where.ts'
import { checkParcel, createInbox, type Parcel, sendForMs } from './inbox.ts'
import { fluent } from './on.ts'
import { checkType, matcher } from './pattern.ts'
import type { Destination, EmitOptions, Emitted, EventHandler, Events, HandlerOptions, ObjectEvent } from './types.ts'

export interface EventRoomOptions {
  readonly actions: Actions
  /** Of the actions room: writes a delivery down. */
  readonly enqueue: (name: string, input: Json, options: InternalOptions) => string
  /** The tree's: children of this object, a page at a time. Default: none. */
  readonly children?: (query: { readonly limit: number; readonly cursor?: string }) => Page<{ readonly url: string }>
  /** Epoch of the object's storage: a branch numbers its events anew. */
  readonly epoch?: () => number | string
}

interface Listener {
  readonly action: string
  readonly hears: (type: string) => boolean
  readonly fits: Predicate
  readonly priority: number
}

interface Outgoing extends Parcel {
  readonly to: string
}

const door = 'core.events'

/** Events inside the object and along the tree. Each handler gets each event by a durable delivery of its own: an action. */
export function createEvents(kernel: Kernel, options: EventRoomOptions): Events {
  const { actions, enqueue, children = () => ({ items: [] }), epoch = () => 0 } = options
  const { transaction, clock, record, doors } = kernel
  const inbox = createInbox(kernel.storage)
  const listeners: Listener[] = []
  /** One that was deleted and made again numbers its events anew, too. */
  const life = () => `${epoch()} ${record().$createdAt}`

  const register = (pattern: string, handler: EventHandler, own: HandlerOptions = {}) => {
    const hears = matcher(pattern)
    const { priority = 0, where, retries, timeoutMs, concurrency } = own
    if (typeof handler !== 'function')
      throw refuse('invalid_event', `The handler of "${pattern}" is no function.`, { field: 'handler' })
    if (!Number.isFinite(priority)) throw refuse('invalid_event', 'The priority of a handler is a number.', { field: 'priority' })
    const fits = wherePredicate(where)
    const same = listeners.filter(({ action }) => action === `on:${pattern}` || action.startsWith(`on:${pattern}#`)).length
    const action = `on:${own.name ?? (same === 0 ? pattern : `${pattern}#${same + 1}`)}`
    actions.define(action, {
      run: (event, step) => handler(event as ObjectEvent, step),
      ...(retries === undefined ? {} : { retries }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(concurrency === undefined ? {} : { concurrency }),
    } as ActionDefinition)
    listeners.push({ action, hears, fits, priority })
  }

  /** Gives it to every handler here: stage by stage, the highest priority first. */
  const deliver = (event: ObjectEvent) => {
    actions.signal(event)
    const hearing = listeners.filter(({ hears, fits }) => hears(event.type) && fits(event.data))
    const stages = [...new Set(hearing.map(({ priority }) => priority))].sort((a, b) => b - a)
    stages.forEach((priority, index) => {
      const stage = (at: number) => `${event.id}:${at}`
      for (const { action } of hearing.filter((one) => one.priority === priority)) {
        enqueue(action, event as unknown as Json, {
          ...(index < stages.length - 1 ? { stage: stage(index) } : {}),
          ...(index > 0 ? { afterStage: stage(index - 1) } : {}),
        })
      }
    })
  }

  const urlsOf = (to: Destination): readonly string[] => {
    if (to === 'self') return []
    if (to === 'children') return allOf(children)
    if (to !== 'parent') return [to]
    const { $context } = record()
    return $context === null ? [] : [$context]
  }

  const sendTo = (to: Destination, event: ObjectEvent, deep: boolean, of = life()): readonly string[] => {
    const on = deep && (to === 'parent' || to === 'children') ? { deep: to } : {}
    const urls = urlsOf(to)
    for (const url of urls) enqueue('core.events.send', { to: url, event, epoch: of, ...on } as unknown as Json, {})
    return urls
  }

  actions.define<Outgoing, void>('core.events.send', {
    // For a week, an hour apart in the end. A receiver that is slow holds up no other.
    retries: { attempts: 1_000, backoffMs: 500, maxBackoffMs: 3_600_000 },
    totalMs: sendForMs,
    concurrency: { limit: 20, key: ({ to }) => to, perKey: 4 },
    run: async ({ to, ...parcel }) => {
      await doors.knock(to, door, parcel as unknown as Json)
    },
  })

  doors.on(door, (payload) => {
    const parcel = checkParcel(payload)
    const { event, deep } = parcel
    const { $id } = record()
    kernel.writable()
    return transaction(() => {
      // It may have come around to where it began, or come twice.
      if (event.source === $id || !inbox.isNew(parcel, clock().now())) return { new: false }
      kernel.exists()
      deliver(event)
      if (deep !== undefined) sendTo(deep, event, true, parcel.epoch)
      return { new: true }
    })
  })

  const emit = (type: string, data: Json = null, { to = 'self', deep = false, id: given }: EmitOptions = {}): Emitted => {
    const id = given ?? crypto.randomUUID()
    checkType(type)
    checkKey(id, 'The id of an event')
    encodeJson(data, `The data of the event ${type}`, 16_384)
    const where = [...new Set([to].flat())]
    return transaction(() => {
      kernel.exists()
      if (given !== undefined && !inbox.isNew({ event: { source: `id:${id}`, sequence: 0 }, epoch: '' }, clock().now()))
        return { id, to: [] }
      const event = { id, type, data, at: clock().now(), source: record().$id, sequence: inbox.nextSequence() }
      if (where.includes('self')) deliver(event)
      return { id, sequence: event.sequence, to: where.flatMap((one) => sendTo(one, event, deep)) }
    })
  }

  return {
    on: fluent(register),
    emit,
    send: (name, data = null, more = {}) =>
      actions.defined(name) ? { id: actions.send(name, data, more) } : emit(name, data, more),
  }
}

function allOf(children: NonNullable<EventRoomOptions['children']>): readonly string[] {
  const urls: string[] = []
  let cursor: string | undefined
  do {
    const page = children({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
    urls.push(...page.items.map(({ url }) => url))
    cursor = page.cursor
  } while (cursor !== undefined)
  return urls
}
