import type { Change, ChangePage, ReadOptions } from '@do/core'
import { type Connection, RpcError, type Subscription } from '@do/core/client'

export { connect } from '@do/core/client'

/** An object whose changes can be followed: `SaaS` of @do/objects is one. */
export declare abstract class Followed {
  static readonly methods: { readonly feed: object; readonly watch: object }
  feed(): { read(options?: ReadOptions): ChangePage }
  watch(callback: () => unknown): void
}

export interface FollowOptions {
  /** Where to begin: `start`, `now`, or what was seen last. */
  readonly cursor: string
  /** Each change once, in order, a page at a time. */
  readonly on: (changes: readonly Change[], cursor: string) => void
  /** It cannot go on from here, whatever the connection does: `cursor_expired`, `epoch_changed`. */
  readonly onError?: (error: unknown) => void
}

interface Feed extends Disposable {
  read(options: ReadOptions): Promise<ChangePage>
}

/**
 * Follows the change feed over hibernations, reconnects and restarts of the server, from the last cursor seen: nothing is lost and
 * nothing comes twice. The server only rings, and sleeps until there is something to ring for.
 */
export function follow<Class extends typeof Followed>(
  connection: Connection<Class>,
  { cursor, on, onError = () => {} }: FollowOptions,
): Subscription<string> {
  return connection.subscribe<ChangePage, string>(
    async (api, from, onPage) => {
      const { feed: open, watch } = api as unknown as { feed(): Feed; watch(callback: () => void): Promise<void> }
      const feed = open()
      let at = from
      let reading: Promise<void> | undefined
      let again = false

      const read = async () => {
        for (let more = true; more; ) {
          const page = await feed.read({ after: at, limit: 500 })
          at = page.cursor
          more = page.more
          onPage(page, at)
        }
      }
      const rung = () => {
        again = true
        if (reading !== undefined) return
        again = false
        reading = read()
          // A connection that broke is followed by another one, which begins anew.
          .catch((error: unknown) => error instanceof RpcError || onError(error))
          .then(() => {
            reading = undefined
            if (again) rung()
          })
      }
      await watch(rung)
      rung()
      return feed
    },
    { cursor, on: ({ changes }, next) => on(changes, next), onError },
  )
}
