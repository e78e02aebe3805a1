import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { busyLog } from './busy-log.ts'
import { consoleLog, type LogLine } from './log.ts'

const line = (event: string, level: LogLine['level'] = 'info'): LogLine => ({ at: '2026-11-21T00:00:00.000Z', level, event })

describe('the log of a busy object', () => {
  let written: string[]
  let now = 0
  beforeEach(() => {
    vi.useFakeTimers()
    written = []
    now = 1_000
    vi.spyOn(console, 'log').mockImplementation((text: string) => void written.push((JSON.parse(text) as LogLine).event))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })
  const open = () =>
    busyLog(
      () => consoleLog,
      () => now,
    )

  it('writes at once while it is quiet, and nothing is left to a timer', () => {
    const log = open()
    for (const event of ['a', 'b']) {
      log(line(event))
      now += 6
    }
    expect([written, vi.getTimerCount()]).toEqual([['a', 'b'], 0])
  })

  it('keeps lines that follow closely for 20 ms at most, and loses none', () => {
    const log = open()
    for (const event of ['a', 'b', 'c', 'd']) log(line(event))
    expect([written, vi.getTimerCount()]).toEqual([['a'], 1])
    vi.advanceTimersByTime(20)
    expect(written).toEqual(['a', 'b', 'c', 'd'])
    log(line('e'))
    vi.advanceTimersByTime(20)
    expect(written.at(-1)).toBe('e')
  })

  it('never keeps an error, and what waits goes before it', () => {
    const log = open()
    for (const event of ['a', 'b']) log(line(event))
    log(line('broken', 'error'))
    expect(written).toEqual(['a', 'b', 'broken'])
    vi.advanceTimersByTime(20)
    expect(written).toHaveLength(3)
  })

  it('keeps a worker’s request until its line, and those that came after it, are written', async () => {
    const log = open()
    const kept: Promise<unknown>[] = []
    const run = { waitUntil: (promise: Promise<unknown>) => void kept.push(promise.then(() => [...written])) }
    for (const event of ['a', 'b', 'c']) log(line(event), run)
    expect([written, kept.length]).toEqual([['a'], 1])
    vi.advanceTimersByTime(20)
    expect(await Promise.all(kept)).toEqual([['a', 'b', 'c']])
  })

  it('waits no longer for a request that the platform has ended', () => {
    const log = open()
    for (const event of ['a', 'b']) log(line(event))
    vi.clearAllTimers()
    now += 1_000
    log(line('c'))
    expect(written).toEqual(['a'])
    now += 1
    log(line('d'))
    expect(written).toEqual(['a', 'b', 'c', 'd'])
  })

  it('gives a log of one’s own every line at once', () => {
    const own: string[] = []
    const log = busyLog(
      () =>
        ({ event }) =>
          void own.push(event),
      () => now,
    )
    for (const event of ['a', 'b', 'c']) log(line(event))
    expect(own).toEqual(['a', 'b', 'c'])
  })
})
