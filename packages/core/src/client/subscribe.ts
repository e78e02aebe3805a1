import { RpcError } from './errors.ts'
import type { ConnectionState, SubscribeOptions, Subscription } from './types.ts'

/** Opened now, and again whenever the connection is new: from the last cursor seen, so that no event is lost; what older openings still send is dropped, so that none comes twice. */
export function subscribe<Api, Event, Cursor>(
  api: Api,
  open: (api: Api, cursor: Cursor, onEvent: (event: Event, cursor: Cursor) => void) => unknown,
  { cursor: first, on, onError }: SubscribeOptions<Event, Cursor>,
  watch: (listener: (state: ConnectionState) => void) => () => void,
): Subscription<Cursor> {
  let cursor = first
  let opening = 0
  let release: (() => void) | undefined

  const start = async () => {
    opening += 1
    const own = opening
    release?.()
    release = undefined
    try {
      const opened = await open(api, cursor, (event, next) => {
        if (own !== opening) return
        // Before the handler: whatever it does, this event has been seen.
        cursor = next
        on(event, next)
      })
      const dispose = (opened as Partial<Disposable> | null | undefined)?.[Symbol.dispose]
      if (typeof dispose !== 'function') return
      if (own === opening) release = () => dispose.call(opened)
      else dispose.call(opened)
    } catch (error) {
      // A session that broke is followed by another one, which opens it again.
      if (own === opening && !(error instanceof RpcError)) onError?.(error)
    }
  }
  let connected = false
  const unwatch = watch((state) => {
    if (state === 'waiting') connected = true
    if (state === 'open' && connected) void start()
  })
  void start()

  const close = () => {
    opening += 1
    unwatch()
    release?.()
  }
  return {
    get cursor() {
      return cursor
    },
    close,
    [Symbol.dispose]: close,
  }
}
