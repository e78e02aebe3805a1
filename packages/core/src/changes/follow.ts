import { compileFilter } from './filter.ts'
import type { Reader } from './read.ts'
import type { Change, ChangePage, FollowOptions } from './types.ts'

export interface Bell {
  /** Something may be new. Cheap when nobody listens. */
  ring(): void
  /** Called after each turn in which it rang; the answer ends it. */
  listen(listener: () => void): () => void
}

/** Rings when the transaction is over: what was rolled back is not there to be read then. */
export function createBell(): Bell {
  const listeners = new Set<() => void>()
  let rung = false
  return {
    ring: () => {
      if (rung || listeners.size === 0) return
      rung = true
      queueMicrotask(() => {
        rung = false
        for (const listener of listeners) listener()
      })
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/**
 * What has happened after a cursor, and then what happens. Reads the log as fast as it is consumed, so a slow consumer costs no
 * memory; one that is slower than the retention ends with `cursor_expired`.
 */
export function follow(reader: Reader, bell: Bell, options: FollowOptions): AsyncIterableIterator<Change> {
  const pages = followPages(reader, bell, options)
  return stoppable(each(pages), () => pages.return?.())
}

async function* each(pages: AsyncIterable<ChangePage>): AsyncGenerator<Change, undefined> {
  for await (const { changes } of pages) yield* changes
}

/** A generator that is told to end while it waits: by itself it would come to hear of it only after what it waits for. */
export function stoppable<T>(source: AsyncGenerator<T, undefined>, stop: () => unknown): AsyncIterableIterator<T, undefined> {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => source.next(),
    return: () => {
      stop()
      return source.return(undefined)
    },
  }
}

/** The same in pages that are never empty. */
export function followPages(
  reader: Reader,
  bell: Bell,
  { after = 'now', filter, signal }: FollowOptions,
): AsyncIterableIterator<ChangePage> {
  const ended = new AbortController()
  const stop = () => ended.abort()
  if (signal?.aborted === true) stop()
  else signal?.addEventListener('abort', stop, { once: true })

  // Now, not with the first `next`: what happens in between belongs to it, and what is wrong is said at once.
  compileFilter(filter)
  let cursor = reader.cursorOf(reader.place(after))

  async function* pages(): AsyncGenerator<ChangePage, undefined> {
    while (!ended.signal.aborted) {
      const page = reader.read({ after: cursor, limit: 100, ...(filter === undefined ? {} : { filter }) })
      cursor = page.cursor
      if (page.changes.length > 0) yield page
      else if (!page.more) await heard(bell, ended.signal)
      // Others have their turn between two looks, however long nothing is found.
      else await turn()
    }
  }
  return stoppable(pages(), stop)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

function heard(bell: Bell, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      end()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const end = bell.listen(done)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
