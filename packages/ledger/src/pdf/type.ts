import { type EmbeddedFont, type FontInput, measureText, type PDF, Standard14Font } from '@libpdf/core'

/** A plain and a bold face, and what they can write. */
export interface Typeface {
  readonly plain: FontInput
  readonly bold: FontInput
  /** Text as the face can write it: what it lacks becomes "?". */
  readonly writable: (text: string) => string
  /** Whether anything had to become "?". */
  readonly lacked: () => boolean
}

/** Helvetica, which every reader of PDF has, or the fonts that were given. */
export function typefaceOf(pdf: PDF, fonts: { readonly plain: Uint8Array; readonly bold?: Uint8Array } | undefined): Typeface {
  const plain = fonts === undefined ? 'Helvetica' : pdf.embedFont(fonts.plain)
  const bold = fonts === undefined ? 'Helvetica-Bold' : fonts.bold === undefined ? plain : pdf.embedFont(fonts.bold)
  let lacked = false
  const known = new Map<string, string>()
  const one = (character: string): string => {
    const seen = known.get(character)
    if (seen !== undefined) return seen
    const fits = canWrite(plain, character) && canWrite(bold, character)
    const written = /[\p{Cc}\p{Zl}\p{Zp}]/u.test(character) ? ' ' : fits ? character : '?'
    known.set(character, written)
    return written
  }
  return {
    plain,
    bold,
    writable: (text) => {
      const written = Array.from(text, one)
      lacked ||= written.some((character, index) => character === '?' && Array.from(text)[index] !== '?')
      return written.join('')
    },
    lacked: () => lacked,
  }
}

const canWrite = (font: FontInput, character: string): boolean =>
  typeof font === 'string' ? isWinAnsi(character) : (font as EmbeddedFont).canEncode(character)

/** What the built-in fonts hold (WinAnsiEncoding, PDF 32000-1 annex D): Latin-1 and the letters of Windows-1252. */
const isWinAnsi = (character: string): boolean => /^[\u0020-\u007e\u00a0-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]$/u.test(character)

/** In points. */
export const widthOf = (text: string, font: FontInput, size: number): number =>
  typeof font === 'string' ? Standard14Font.of(font).widthOfTextAtSize(text, size) : measureText(text, font, size)

/** Lines no wider than `width`: broken between words and after colons, and inside a word that is wider than a line. */
export function wrapped(text: string, font: FontInput, size: number, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.split(/(?<=[ :])/)) {
    if (widthOf((line + piece).trimEnd(), font, size) <= width) {
      line += piece
      continue
    }
    if (line !== '') lines.push(line.trimEnd())
    line = ''
    for (const character of piece) {
      if (line !== '' && widthOf(line + character, font, size) > width) {
        lines.push(line)
        line = ''
      }
      line += character
    }
  }
  return [...lines, line.trimEnd()]
}
