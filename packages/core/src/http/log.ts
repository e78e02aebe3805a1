/** One structured line. Never a path, a query, a header or a body: only patterns, ids and numbers. */
export interface LogLine {
  /** ISO 8601. */
  readonly at: string
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly [field: string]: string | number | boolean | null | undefined
}

export function consoleLog(line: LogLine): void {
  console.log(JSON.stringify(line))
}

/** A line whose time is still in epoch milliseconds. */
export type Noted = Omit<LogLine, 'at'> & { readonly at: number }

/**
 * For whoever may write thousands of lines a second. While it is quiet a line is written at once; within 5 ms after another
 * it waits, with those that follow, for at most 20 ms. An error is never kept, and takes what waits along, in order.
 */
export function busyLog(): (line: Noted) => void {
  const waiting: Noted[] = []
  let last = 0
  const write = () => {
    for (const { at, ...line } of waiting.splice(0)) consoleLog({ at: timeText(at), ...line } as LogLine)
  }
  return (line) => {
    const quiet = line.at - last > 5
    last = line.at
    const first = waiting.push(line) === 1
    if (quiet || line.level === 'error') write()
    else if (first) setTimeout(write, 20)
  }
}

let second = 0
let text = ''

/** ISO 8601 of epoch milliseconds; within a second only its end is new. */
export function timeText(at: number): string {
  const begun = Math.floor(at / 1_000)
  if (begun !== second) {
    text = new Date(at).toISOString().slice(0, 20)
    second = begun
  }
  return `${text}${String(at - begun * 1_000).padStart(3, '0')}Z`
}

/** What may be logged of any error: its name and code, and where it came from, without its text. */
export function errorFacts(error: unknown): { readonly error: string; readonly code?: string; readonly stack?: string } {
  const { name = 'Error', code, stack = '' }: { name?: unknown; code?: unknown; stack?: unknown } = Object(error)
  const frames = String(stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
  return {
    error: String(name),
    ...(code === undefined ? {} : { code: String(code) }),
    stack: frames
      .slice(0, 8)
      .map((line) => line.trim())
      .join(' < '),
  }
}
