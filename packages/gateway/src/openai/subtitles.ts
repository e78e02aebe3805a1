/** What is said between two times, in seconds. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** SubRip, numbered from 1: hours always, milliseconds after a comma. */
export function srt(spans: readonly Span[]): string {
  return spans.map((span, index) => `${index + 1}\n${times(span, ',')}\n${line(span)}\n\n`).join('')
}

/** WebVTT, https://www.w3.org/TR/webvtt1/: what would begin a tag or a character reference is escaped. */
export function vtt(spans: readonly Span[]): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `WEBVTT\n\n${spans.map((span) => `${times(span, '.')}\n${escaped(line(span))}\n\n`).join('')}`
}

const times = ({ start, end }: Span, point: string) => `${clock(start, point)} --> ${clock(end, point)}`

/** 00:00:03.240, however many hours it takes. */
function clock(seconds: number, point: string): string {
  const all = Math.max(0, Math.round(seconds * 1_000))
  const digits = (value: number, count: number) => String(Math.floor(value)).padStart(count, '0')
  const minutes = `${digits(all / 3_600_000, 2)}:${digits((all / 60_000) % 60, 2)}`
  return `${minutes}:${digits((all / 1_000) % 60, 2)}${point}${digits(all % 1_000, 3)}`
}

/** One line, since an empty one would end the cue, and no arrow, which stands between times only. */
const line = ({ text }: Span) => text.replace(/\s+/g, ' ').trim().replaceAll('-->', '->')
