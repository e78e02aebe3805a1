// Journals are lines of text in which blanks, commas, colons and semicolons mean something. What would be misread is written as
// %XX, and read back so in a journal that says it was written here.

/** First line of what is written here: says that %XX means a character. */
export const header = '; Written by @do/ledger. %XX stands for a character that would be misread.'

const percent = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/** `reserved` matches what may not stand; control characters and what looks like an escape never may. */
const escaped = (text: string, reserved: RegExp): string =>
  text
    .replace(/%(?=[0-9A-Fa-f]{2})|\p{Cc}|\p{Zl}|\p{Zp}|^\s|\s$/gu, percent)
    .replace(/(?<=\s)\s/gu, percent)
    .replace(reserved, percent)

export function decoded(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), (pair) => Number.parseInt(pair, 16))
    return new TextDecoder().decode(bytes)
  })
}

/** A semicolon begins a comment. */
export const description = (text: string): string => escaped(text, /;/g)

/** Parentheses and brackets in front would make a posting virtual, a mark would be its status. */
export const accountName = (name: string): string => escaped(name, /^[([*!]|;/g)

export const tagName = (name: string): string => escaped(name, /[^A-Za-z0-9_.-]/gu)

/** A comma ends a value; a colon could begin another tag, a bracket a date. */
export const tagValue = (value: string): string => escaped(value, /[,:[\]]/g)
