import { ProviderError } from './errors.ts'

/** One page of a list. `cursor` is absent on the last page; it may be present on an empty one. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly cursor?: string
}

/** A list that reads page by page while you iterate. Stop iterating and nothing more is fetched. */
export interface Listing<T> extends AsyncIterable<T> {
  /** The pages themselves, from the start or from a cursor of an earlier page. */
  pages(cursor?: string): AsyncIterable<Page<T>>
  /** One page; pass its cursor to go on later, from anywhere. */
  page(cursor?: string): Promise<Page<T>>
}

/** A vendor that answers the same cursor twice would be read for ever, and stopping quietly would hide what is missing. */
function repeated(): ProviderError {
  return new ProviderError({
    effect: 'none',
    fault: 'provider',
    code: 'cursor_repeated',
    message: 'The vendor gave the same cursor twice, so the list cannot be read to its end. Narrow the filter, or report it.',
  })
}

export function listing<T>(read: (cursor: string | undefined) => Promise<Page<T>>): Listing<T> {
  async function* pages(cursor?: string): AsyncGenerator<Page<T>> {
    const seen = new Set<string>()
    let next = cursor
    do {
      const page = await read(next)
      yield page
      next = page.cursor
      if (next !== undefined && seen.has(next)) throw repeated()
      if (next !== undefined) seen.add(next)
    } while (next !== undefined)
  }
  return {
    pages,
    page: read,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* page.items
    },
  }
}
