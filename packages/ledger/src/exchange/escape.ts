// Journals are lines of text in which blanks, commas, colons and semicolons mean something. What would be misread is written as
// %XX, and read back so in a journal that says it was written here.

/** First line of what is written here: says that %XX means a character. */
export const header = '; Written by @do/ledger. %XX stands for a character that would be misread.'

const percent = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/**
 * Escapes, in one pass, what may not stand at this place (`reserved`), control characters, blanks at the ends and doubled ones, and
 * what looks like an escape already.
 */
const escaping = (reserved: string) => {
  const all = new RegExp(String.raw`%(?=[0-9A-Fa-f]{2})|\p{Cc}|\p{Zl}|\p{Zp}|^\s|\s$|(?<=\s)\s|${reserved}`, 'gu')
  return (text: string): string => text.replace(all, percent)
}

export function decoded(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), (pair) => Number.parseInt(pair, 16))
    return new TextDecoder().decode(bytes)
  })
}

/** A semicolon begins a comment. */
export const description = escaping(';')

/** Parentheses and brackets in front would make a posting virtual, a mark would be its status. */
export const accountName = escaping(String.raw`^[(\[*!]|;`)

export const tagName = escaping('[^A-Za-z0-9_.-]')

/** A comma ends a value; a colon could begin another tag, a bracket a date. */
export const tagValue = escaping(String.raw`[,:\[\]]`)

/** Names of tags that say something to hledger or to the import. */
export const hasMeaning = (tag: string): boolean => /^(ledger-.*|type|date2?)$/s.test(tag)
