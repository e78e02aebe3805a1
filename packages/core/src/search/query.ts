import { refuse } from '@do/provider'

const maxLength = 2_000
const maxWords = 64

export interface MatchOptions {
  /** `all` of the words (default), or at least `any` of them; then those with more and rarer ones come first. */
  readonly match?: 'all' | 'any'
  /** The last word may be the beginning of one: search while somebody types. */
  readonly prefix?: boolean
}

/**
 * What people type as a query of FTS5: each word quoted, text in double quotes as a phrase, all other signs left out. Nothing of
 * FTS5's own language gets through: `NOT`, `title:`, `*` and `NEAR(` are words or nothing.
 * @throws ProviderError `invalid_search` without any word, with more than 64, or beyond 2,000 characters.
 */
export function matchOf(words: string, { match = 'all', prefix = false }: MatchOptions = {}): string {
  if (typeof words !== 'string' || words.length > maxLength) {
    throw refuse('invalid_search', `What to search for is text of at most ${maxLength} characters.`, { field: 'words' })
  }
  // Between an odd and the next quote lies a phrase; a last quote that is never closed means nothing.
  const parts = words.split('"')
  const phrases = parts.flatMap((part, index) => {
    const found = wordsOf(part)
    const quoted = index % 2 === 1 && index < parts.length - 1
    return quoted ? (found.length === 0 ? [] : [found.join(' ')]) : found
  })
  const count = phrases.reduce((sum, phrase) => sum + phrase.split(' ').length, 0)
  if (count === 0)
    throw refuse('invalid_search', 'There is no word to search for. Give at least one letter or digit.', { field: 'words' })
  if (count > maxWords)
    throw refuse('invalid_search', `More than ${maxWords} words to search for. Leave some out.`, { field: 'words' })
  const quoted = phrases.map((phrase, index) => `"${phrase}"${prefix && index === phrases.length - 1 ? '*' : ''}`)
  return quoted.join(match === 'any' ? ' OR ' : ' AND ')
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? []
}
