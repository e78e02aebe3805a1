import { currentCall } from '../kernel/call-context.ts'
import type { Kernel, Mutation } from '../kernel/types.ts'
import { once } from '../storage/sql.ts'
import { createConsumers } from './consumers.ts'
import { createSender } from './deliver.ts'
import { createEpochs } from './epochs.ts'
import { ChangeFeed } from './feed.ts'
import { createBell, follow, followPages } from './follow.ts'
import { changeLog } from './log.ts'
import { createReader } from './read.ts'
import { openReceiver } from './receive.ts'
import { createRetention } from './retention.ts'
import { serveChanges } from './serve.ts'
import { createSocketFeed } from './sockets.ts'
import type { Standing } from './standing.ts'
import { createTotals } from './totals.ts'
import type {
  Change,
  ChangeConsumer,
  ChangeOptions,
  ChangePage,
  ChildBatch,
  ConsumerOptions,
  FollowOptions,
  ReadOptions,
  Total,
} from './types.ts'

/** Every change of what an object stores, in order, and who is told of it. */
export interface Changes {
  /** @throws ProviderError `invalid_cursor`, `cursor_expired`, `epoch_changed`, `invalid_filter`, `invalid_where`, `invalid_limit` */
  read(options?: ReadOptions): ChangePage
  /** What has happened after a cursor, and then what happens, until the signal. @throws ProviderError as `read` */
  follow(options?: FollowOptions): AsyncIterableIterator<Change>
  /** A reader whose position is kept here. @throws ProviderError `invalid_input` for its name */
  consumer(name: string, options?: ConsumerOptions): ChangeConsumer
  /** For a method that hands the changes out to callers. */
  feed(): ChangeFeed
  /** The same for a route: a page as JSON, server-sent events, or a hibernating WebSocket. */
  respond(request: Request): Response
  /** What children tell, in the transaction that takes it in: what throws here is not taken, and comes again. */
  onChild(handler: (batch: ChildBatch) => void): void
  /** The class's aggregates, over this object and all below it; with a child's URL what came from there, with its own what is its own. */
  totals(child?: string): readonly Total[]
  /** After a restore or in a branch, before anything is written: what others have read since is not the past any more. */
  newEpoch(reason: string): number
  readonly epoch: number
  /** Of the newest change. */
  readonly cursor: string
}

export interface ChangeRoom {
  readonly changes: Changes
  readonly standing: Standing
  /** In the transaction of each change of something stored. */
  mutated(mutation: Mutation): void
  /** Before the object is deleted. Rejects while somebody has not got what is for him. */
  farewell(): Promise<void>
  /** The object is made anew, after one that was deleted in this epoch: all that follows is of a later one. */
  anew(epoch: number): void
}

export function createChanges(kernel: Kernel, options: ChangeOptions = {}): ChangeRoom {
  const { retention: keep = {}, aggregate = {}, backlog = 100_000 } = options
  const log = changeLog(kernel.storage, kernel.exists)
  const epochs = createEpochs(kernel, log)
  const reader = createReader(kernel, log, epochs)
  const consumers = createConsumers(kernel, log, epochs, reader)
  const totals = createTotals(kernel, log, aggregate)
  const bell = createBell()
  const sockets = createSocketFeed(kernel, reader, bell)
  const handlers = new Set<(batch: ChildBatch) => void>()
  const sender = createSender({ kernel, log, epochs, reader, totals, options, trim: () => retention.trim() })
  const retention = createRetention({
    kernel,
    log,
    options: keep,
    parentHas: () => sender?.acknowledged(),
    consumersHave: consumers.acknowledged,
    catchUp: totals.catchUp,
  })

  const noticed = () => {
    sender?.arm()
    retention.noticed()
    bell.ring()
  }
  openReceiver({
    kernel,
    log,
    reader,
    totals,
    handlers,
    taken: noticed,
    busy: () => {
      const told = sender?.acknowledged()
      return told !== undefined && log.last() - told > backlog ? 1_000 : undefined
    },
  })

  const changes: Changes = {
    read: reader.read,
    follow: (more = {}) => follow(reader, bell, more),
    consumer: consumers.open,
    feed: () => new ChangeFeed({ read: reader.read, pages: (more) => followPages(reader, bell, more) }),
    respond: (request) =>
      serveChanges(request, { read: reader.read, follow: (more) => follow(reader, bell, more), accept: sockets.accept }),
    onChild: (handler) => void handlers.add(handler),
    totals: (child) => totals.read(child === kernel.record().$id ? '' : child),
    newEpoch: (reason) => {
      const epoch = epochs.begin(reason)
      sender?.moved()
      sender?.arm()
      return epoch
    },
    get epoch() {
      return epochs.current()
    },
    get cursor() {
      return reader.cursorOf(log.last())
    },
  }

  return {
    changes,
    standing: log.standing,
    farewell: async () => sender?.farewell(),
    anew: (epoch) => void epochs.begin('made anew', epoch, 1),
    mutated: (mutation) => {
      // Once for each life: this is on the way of every write.
      once(kernel.storage, 'changes writable', () => {
        kernel.writable()
        log.open()
      })
      log.append(mutation, kernel.clock().now(), currentCall())
      if (mutation.source === 'record') sender?.moved()
      noticed()
    },
  }
}
