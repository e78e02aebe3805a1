import { HttpResponse } from 'msw'
import type { Account } from './account.ts'
import { iso, listLag } from './account.ts'

/** The vendor's one shape of an error. */
export function problem(
  status: number,
  code: string,
  message: string,
  field?: string,
  headers: Record<string, string> = {},
): Response {
  return HttpResponse.json({ error: { code, message, ...(field === undefined ? {} : { field }) } }, { status, headers })
}

export const notFound = () => problem(404, 'not_found', 'No such thing.')

export function authorised(account: Pick<Account, 'apiKey'>, request: Request): Response | undefined {
  if (request.headers.get('authorization') === `Bearer ${account.apiKey}`) return undefined
  return problem(401, 'bad_key', 'The key is not valid.')
}

/** A page of things that are old enough to be listed, newest first. The cursor is the position of the last one given. */
export function pageOf<T extends { readonly createdAt: number }>(
  account: Account,
  url: URL,
  all: readonly T[],
  show: (item: T) => object,
): Response {
  const { searchParams } = url
  const since = Date.parse(searchParams.get('since') ?? '') || 0
  const until = Date.parse(searchParams.get('until') ?? '') || Number.POSITIVE_INFINITY
  const newestFirst = all
    .map((item, position) => ({ item, position: position + 1 }))
    .filter(({ item }) => item.createdAt >= since && item.createdAt < until && account.clock.now() - item.createdAt >= listLag)
    .reverse()
  const after = Number(searchParams.get('cursor') ?? Number.POSITIVE_INFINITY)
  const limit = Math.min(Number(searchParams.get('limit') ?? 20), 100)
  const rest = newestFirst.filter(({ position }) => position < after)
  const page = rest.slice(0, limit)
  return HttpResponse.json({
    items: page.map(({ item }) => show(item)),
    ...(rest.length > limit ? { cursor: String(page.at(-1)?.position) } : {}),
  })
}

/** Makes a thing once per idempotency key, as the vendor's documentation says: a repeated key repeats the answer. */
export async function once(
  account: Pick<Account, 'answers'>,
  request: Request,
  make: (body: Record<string, unknown>) => object | Response,
): Promise<Response> {
  const text = await request.text()
  let body: Record<string, unknown>
  try {
    body = JSON.parse(text)
  } catch {
    return problem(400, 'bad_json', 'The body is no JSON.')
  }
  const key = request.headers.get('idempotency-key')
  const known = key === null ? undefined : account.answers.get(key)
  if (known !== undefined) {
    return known.fingerprint === text
      ? HttpResponse.json(known.body, { status: 201 })
      : problem(409, 'key_reused', 'The key was used.')
  }
  const made = make(body)
  if (made instanceof Response) return made
  if (key !== null) account.answers.set(key, { fingerprint: text, body: made })
  return HttpResponse.json(made, { status: 201 })
}

export const time = (at: number | undefined) => (at === undefined ? undefined : iso(at))
