import { consoleLog, type LogLine } from './log.ts'

/** Who calls `write` was ended by the platform, after so many milliseconds. */
const goneMs = 1_000

/**
 * Lines of a worker or an object that may answer thousands of requests a second. While it is quiet a line is written at once; within
 * 5 ms after another it waits, with those that follow, for at most 20 ms: one turn then writes them all, which costs a fraction. An
 * error is never kept, and takes what waits along, in order. A worker's own `log` gets every line at once. `run`: in a worker, the
 * request that the line is of; it lives on until the lines are written.
 */
export function busyLog(
  log: () => (line: LogLine) => void,
  now: () => number = Date.now,
): (line: LogLine, run?: { waitUntil(promise: Promise<unknown>): void }) => void {
  const waiting: LogLine[] = []
  let last = 0
  let since = 0
  const write = () => {
    last = now()
    const to = log()
    for (const line of waiting.splice(0)) to(line)
  }
  return (line, run) => {
    const first = waiting.push(line) === 1
    const at = now()
    if (line.level === 'error' || log() !== consoleLog || (first ? at - last > 5 : at - since > goneMs)) write()
    else if (first) {
      since = at
      const written = new Promise<void>((resolve) => setTimeout(() => resolve(write()), 20))
      run?.waitUntil(written)
    }
  }
}
