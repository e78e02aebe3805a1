let codes: ReadonlyMap<string, string> | undefined

/** ISO 639-1 of what a vendor calls a language: Whisper says `english` where others say `en`. */
export function languageCode(word: string): string | undefined {
  if (/^[a-z]{2}$/.test(word)) return word
  codes ??= namesOfLanguages()
  return codes.get(word.toLowerCase())
}

function namesOfLanguages(): ReadonlyMap<string, string> {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })
  const found = new Map<string, string>()
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code)?.toLowerCase()
    // Some languages have an older code, too; `en`, `es` and the rest of today come first or alone.
    if (name !== undefined && !found.has(name)) found.set(name, Intl.getCanonicalLocales(code)[0] ?? code)
  }
  return found
}
