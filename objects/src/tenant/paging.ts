import { problem, type Query } from '@do/core/full'
import type { Page } from '@do/provider'

/** Newest first; `?limit=` (1–200, default 50) and `?cursor=` of the page before. */
export function pageOf(url: URL): Query & { readonly limit: number } {
  const limit = Number(url.searchParams.get('limit') ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    throw problem(400, 'invalid_limit', 'The limit must be 1 to 200.', { field: 'limit' })
  const cursor = url.searchParams.get('cursor')
  return { orderBy: '$createdAt', descending: true, limit, ...(cursor === null ? {} : { cursor }) }
}

/** Equality filters out of the query, for the fields that are named. */
export function filterOf(url: URL, fields: readonly string[]): Record<string, string> {
  const pairs = fields.map((field) => [field, url.searchParams.get(field)] as const)
  return Object.fromEntries(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== null))
}

export function listed<T>(page: Page<T>): Page<T> {
  return page
}
