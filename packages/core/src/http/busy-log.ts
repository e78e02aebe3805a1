import { consoleLog, type LogLine } from './log.ts'

/**
 * Lines of an object that may answer thousands of requests a second. While it is quiet a line is written at once; within 5 ms after
 * another it waits, with those that follow, for at most 20 ms: one turn then writes them all, which costs a fraction. An error is
 * never kept, and takes what waits along, in order. A worker's own `log` gets every line at once.
 */
export function busyLog(log: () => (line: LogLine) => void, now: () => number = Date.now): (line: LogLine) => void {
  const waiting: LogLine[] = []
  let last = 0
  const write = () => {
    last = now()
    const to = log()
    for (const line of waiting.splice(0)) to(line)
  }
  return (line) => {
    const first = waiting.push(line) === 1
    // While lines wait, somebody has looked at the clock already.
    if (line.level === 'error' || log() !== consoleLog || (first && now() - last > 5)) write()
    else if (first) setTimeout(write, 20)
  }
}
