const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The calendar day of an instant, `2026-11-21`, in a time zone (IANA name; default UTC).
 * @throws RangeError for a time zone that nobody knows.
 */
export function dayOf(instant: string | number, timeZone?: string): string {
  const date = new Date(instant)
  if (timeZone === undefined) return date.toISOString().slice(0, 10)
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-u-ca-iso8601', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]))
  return `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}`
}

export const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)

export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
