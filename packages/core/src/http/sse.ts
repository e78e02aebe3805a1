import { problem } from './problem.ts'

/** One message of a `text/event-stream`. */
export interface ServerSentEvent {
  /** Comes back as `Last-Event-ID` when the client connects again. One line. */
  readonly id?: string
  /** Name for `addEventListener`; default `message`. One line. */
  readonly event?: string
  /** Text as it is; anything else as JSON. */
  readonly data: unknown
}

export interface EventStreamOptions {
  /** How long the client waits before it connects again, in milliseconds. Default: the browser's own. */
  readonly retryMs?: number
  /** A comment is written when nothing else was for this long, in milliseconds, so that nobody between cuts the line. Default 15,000. */
  readonly keepAliveMs?: number
  /** Ends the stream. */
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

const encoder = new TextEncoder()

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) out of an async iterable.
 * The next event is asked for when the client has taken the last one: back-pressure reaches the source. When the client goes
 * away, the stream is aborted or the source ends, the source's `return` is called, once.
 */
export function eventStream(events: AsyncIterable<ServerSentEvent>, options: EventStreamOptions = {}): Response {
  const { retryMs, keepAliveMs = 15_000, signal, headers } = options
  const source = events[Symbol.asyncIterator]()
  /** Asked for and not yet come: a keep-alive between must not ask a second time. */
  let waiting: Promise<IteratorResult<ServerSentEvent>> | undefined
  let first = `${retryMs === undefined ? '' : `retry: ${Math.trunc(retryMs)}\n`}: \n\n`
  let ended = false
  const end = async () => {
    if (ended) return
    ended = true
    // A source that is inside an `await` ends when that is over; nobody waits for it.
    Promise.resolve(source.return?.()).catch(() => {})
  }

  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (first !== '') {
          // Written at once: the client learns that it is connected before anything happens.
          controller.enqueue(encoder.encode(first))
          first = ''
          return
        }
        waiting ??= source.next()
        const come = await soon(waiting, keepAliveMs, signal)
        if (ended) return
        if (come === 'silence') return controller.enqueue(encoder.encode(': \n\n'))
        waiting = undefined
        if (come === 'aborted' || come.done === true) {
          controller.close()
          return end()
        }
        controller.enqueue(encoder.encode(frame(come.value)))
      },
      cancel: end,
    },
    // Nothing is made ahead of the reader.
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      // Nginx and its relatives would collect events otherwise.
      'x-accel-buffering': 'no',
    },
  })
}

/**
 * Where the client wants to go on: its `Last-Event-ID`, or the query parameter of that name for the first connection, which cannot
 * set headers. @throws Problem 400 `invalid_cursor` beyond 1,024 characters.
 */
export function lastEventId(request: Request, parameter = 'after'): string | undefined {
  const id = request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get(parameter)
  if (id === null || id === '') return undefined
  if (id.length > 1_024)
    throw problem(400, 'invalid_cursor', 'This is no place in the stream. Use the id of an event as it came.')
  return id
}

/** The lines of one event. A line break in an id or a name would begin a field of the sender's own choice. */
export function frame({ id, event, data }: ServerSentEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data ?? null)
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `${field('id', id)}${field('event', event)}${lines.join('')}\n`
}

function field(name: string, value: string | undefined): string {
  if (value === undefined) return ''
  if (/[\r\n\0]/.test(value)) throw new TypeError(`The ${name} of a server-sent event must be one line.`)
  return `${name}: ${value}\n`
}

async function soon<T>(
  promise: Promise<T>,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<T | 'silence' | 'aborted'> {
  if (signal?.aborted === true) return 'aborted'
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort = () => {}
  const other = new Promise<'silence' | 'aborted'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), withinMs)
    abort = () => resolve('aborted')
    signal?.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([promise, other])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
