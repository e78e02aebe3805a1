import { refuse } from '@do/provider'

const formats = new Map<string, Intl.DateTimeFormat>()

/** The zone's own spelling. @throws ProviderError `invalid_timezone` */
export function checkZone(zone: string): string {
  try {
    return formatOf(zone).resolvedOptions().timeZone
  } catch {
    throw refuse(
      'invalid_timezone',
      `"${String(zone).slice(0, 60)}" is no time zone of the IANA database. Write for example "Europe/Berlin" or "UTC".`,
      { field: 'timezone' },
    )
  }
}

/** Milliseconds that local time is ahead of UTC at an instant. */
export function offsetAt(instant: number, zone: string): number {
  if (zone === 'UTC') return 0
  const [, sign, hours, minutes, seconds = 0] = /GMT([+-])(\d+):(\d+)(?::(\d+))?/.exec(formatOf(zone).format(instant)) ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1_000 : 1_000) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds))
}

/** The instants that a clock on the wall shows a local time at: none in a gap, two in an hour that comes twice. */
export function instantsOf(local: number, zone: string, before: number, after: number): number[] {
  const found = [local - before, local - after].filter((instant) => instant + offsetAt(instant, zone) === local)
  return [...new Set(found)].sort((a, b) => a - b)
}

/** The first instant after the gap that swallows this local time. */
export function gapEnd(local: number, zone: string, before: number, after: number): number {
  let low = Math.min(local - before, local - after)
  let high = Math.max(local - before, local - after)
  while (high - low > 1_000) {
    const middle = low + Math.floor((high - low) / 2_000) * 1_000
    if (offsetAt(middle, zone) === after) high = middle
    else low = middle
  }
  return high
}

/** A wall-clock time as an instant: the first where it comes twice, the end of the gap where it does not exist. */
export function instantOf(local: number, zone: string): number {
  const [before, after] = around(local, zone)
  return instantsOf(local, zone, before, after)[0] ?? gapEnd(local, zone, before, after)
}

/** The offsets well before and well after; zones are at most 14 hours away from UTC. */
export function around(local: number, zone: string): readonly [before: number, after: number] {
  return [offsetAt(local - 36 * 3_600_000, zone), offsetAt(local + 60 * 3_600_000, zone)]
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formats.set(zone, made)
  return made
}
