/** A wall in a time zone, read every quarter of an hour: nothing here knows an offset or a rule of daylight saving. */
export interface Wall {
  readonly at: number
  /** `2026-03-29T02:30`, as the wall shows it. */
  readonly shows: string
}

export function walk(zone: string, from: number, to: number, stepMs = 900_000): Wall[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const walls: Wall[] = []
  for (let at = from; at <= to; at += stepMs) {
    const [year, month, day, hour, minute] = format.format(at).match(/\d+/g) as string[]
    walls.push({ at, shows: `${year}-${month}-${day}T${hour}:${minute}` })
  }
  return walls
}

/** Days of the proleptic calendar, as text with weekday, without any time zone. */
export function daysOf(from: string, to: string): { readonly text: string; readonly weekday: number; readonly last: boolean }[] {
  const days = []
  for (let day = Date.parse(from); day <= Date.parse(to); day += 86_400_000) {
    const tomorrow = new Date(day + 86_400_000)
    days.push({
      text: new Date(day).toISOString().slice(0, 10),
      weekday: new Date(day).getUTCDay(),
      last: tomorrow.getUTCDate() === 1,
    })
  }
  return days
}

/**
 * When each local time is due: at the first moment when the wall shows it or something later. That is the first of two
 * where it comes twice, and the end of the gap where it does not come.
 */
export function dueOn(walls: readonly Wall[], locals: readonly string[]): number[] {
  const due: number[] = []
  let index = 0
  // What the wall has shown at most so far: an hour that comes again shows nothing new.
  for (const local of [...locals].sort()) {
    while (index < walls.length && (walls[index] as Wall).shows < local) index += 1
    const wall = walls[index]
    if (wall !== undefined) due.push(wall.at)
  }
  return [...new Set(due)]
}
