import { ProviderError } from '@do/provider'
import { problem } from '../http/problem.ts'
import { eventStream, lastEventId, type ServerSentEvent } from '../http/sse.ts'
import { invalid } from '../storage/where.ts'
import { stoppable } from './follow.ts'
import type { Change, ChangeFilter, ChangePage, FollowOptions, ReadOptions } from './types.ts'

interface Served {
  readonly read: (options: ReadOptions) => ChangePage
  readonly follow: (options: FollowOptions) => AsyncIterableIterator<Change>
  readonly accept: (after: string | undefined, filter: ChangeFilter | undefined) => Response
}

/** The changes over HTTP: a page as JSON, a stream for who asks for `text/event-stream`, a WebSocket for who upgrades. */
export function serveChanges(request: Request, { read, follow, accept }: Served): Response {
  try {
    const query = new URL(request.url).searchParams
    const filter = filterOf(query)
    const after = lastEventId(request)
    const from = { ...(after === undefined ? {} : { after }), ...(filter === undefined ? {} : { filter }) }
    if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') return accept(after, filter)
    if (request.headers.get('accept')?.includes('text/event-stream') === true) {
      const changes = follow(from)
      return eventStream(stoppable(events(changes), () => changes.return?.()))
    }
    const limit = query.get('limit')
    return Response.json(read({ ...from, ...(limit === null ? {} : { limit: Number(limit) }) }), {
      headers: { 'cache-control': 'no-store' },
    })
  } catch (error) {
    throw ProviderError.is(error) && gone.includes(error.code)
      ? problem(410, error.code, error.message, { field: 'after' })
      : error
  }
}

const gone = ['cursor_expired', 'epoch_changed']

/** Ends with an event `error` when the reader has fallen behind what is kept. */
async function* events(changes: AsyncIterable<Change>): AsyncGenerator<ServerSentEvent, undefined> {
  try {
    for await (const data of changes) yield { id: data.cursor, event: 'change', data }
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    yield { event: 'error', data: { code: error.code, detail: error.message } }
  }
}

/** @throws ProviderError `invalid_where` */
function filterOf(query: URLSearchParams): ChangeFilter | undefined {
  const many = (name: string) => (query.has(name) ? { [name]: query.getAll(name) } : {})
  const keyPrefix = query.get('keyPrefix')
  const where = query.get('where')
  const filter = {
    ...many('source'),
    ...many('operation'),
    ...many('changed'),
    ...(keyPrefix === null ? {} : { keyPrefix }),
    ...(where === null ? {} : { where: json(where) }),
  }
  return Object.keys(filter).length === 0 ? undefined : (filter as ChangeFilter)
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('where', '"where" is a JSON object, such as {"status":"paid"}.')
  }
}
