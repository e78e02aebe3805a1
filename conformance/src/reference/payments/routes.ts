import { HttpResponse, http, type RequestHandler } from 'msw'
import { authorised, once } from '../answers.ts'
import { type Book, Refusal, type Thing } from './book.ts'

export interface Ask {
  readonly book: Book
  readonly id: string
  readonly body: Record<string, any>
  readonly query: URLSearchParams
}

/** One route of the vendor's: its method, path, name in faults and records, and what it does. */
export type Route = readonly [
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  operation: string,
  run: (ask: Ask) => object,
]

export function operationIn(routes: readonly Route[], method: string, path: string): string | undefined {
  const fits = (pattern: string) => new RegExp(`^/v1${pattern.replaceAll(':id', '[^/]+')}$`).test(path)
  return routes.find(([verb, pattern]) => verb === method && fits(pattern))?.[2]
}

/** Routes as handlers: authorised, once per idempotency key, webhooks sent before the answer. */
export function handlersOf(routes: readonly Route[], book: () => Book, flush: () => Promise<void>): RequestHandler[] {
  const verbs = { GET: http.get, POST: http.post, PATCH: http.patch, DELETE: http.delete }
  return routes.map(([method, path, , run]) =>
    verbs[method](`*/v1${path}`, async ({ request, params }) => {
      const refused = authorised(book(), request)
      if (refused !== undefined) return refused
      const ask = (body: Record<string, unknown>) => {
        try {
          return run({ book: book(), id: String(params.id), body, query: new URL(request.url).searchParams })
        } catch (error) {
          if (error instanceof Refusal) return error.response()
          throw error
        }
      }
      if (method === 'POST') {
        const answer = await once(book(), request, ask)
        await flush()
        return answer
      }
      const text = await request.text()
      const answer = ask(text === '' ? {} : JSON.parse(text))
      await flush()
      return answer instanceof Response ? answer : HttpResponse.json(answer)
    }),
  )
}

/** A new thing appears in lists only after this long, in milliseconds; reading it by id works at once. */
export const listLag = 1_000

/** A page, newest first unless told otherwise. The cursor is the position of the last one given. */
export function page<T extends Thing | { readonly id: string; readonly createdAt: number }>(
  { book, query }: Ask,
  all: readonly T[],
  show: (item: T) => object,
  oldestFirst = false,
): object {
  const now = book.clock.now()
  const since = Date.parse(query.get('since') ?? '') || 0
  const until = Date.parse(query.get('until') ?? '') || Number.POSITIVE_INFINITY
  const shown = all
    .map((item, position) => ({ item, position: position + 1 }))
    .filter(({ item: { createdAt: at } }) => at >= since && at < until && now - at >= listLag)
  if (!oldestFirst) shown.reverse()
  const cursor = query.get('cursor')
  const start = cursor === null ? 0 : shown.findIndex(({ position }) => String(position) === cursor) + 1
  const end = start + Math.min(Number(query.get('limit') ?? 20), 100)
  return {
    items: shown.slice(start, end).map(({ item }) => show(item)),
    ...(end < shown.length ? { cursor: String(shown[end - 1]?.position) } : {}),
  }
}

/** Keeps what fits each given filter of the query. */
export const filtered = <T extends object>({ query }: Ask, all: readonly T[], names: readonly string[]): readonly T[] =>
  all.filter((item) =>
    names.every((name) => query.get(name) === null || query.get(name) === (item as Record<string, unknown>)[name]),
  )
