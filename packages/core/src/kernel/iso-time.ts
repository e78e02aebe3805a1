let last: number
let text: string

/** ISO 8601. The same instant is asked for again and again: to work out its calendar takes as long as to find a route. */
export function isoTime(at: number): string {
  if (at !== last) text = new Date(at).toISOString()
  last = at
  return text
}
