export interface Events {
  /** What each event carries. */
  readonly data: readonly string[]
  /** The name of each event, '' where it has none. */
  readonly names: readonly string[]
  /** Lines that a stream of events cannot have. */
  readonly others: readonly string[]
}

/** Server-sent events. See https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export function readEvents(body: string): Events {
  const blocks = body
    .split(/\r?\n\r?\n/)
    .map((block) => block.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith(':')))
  const rest = (lines: readonly string[], field: string) =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''))
  const events = blocks.filter((lines) => rest(lines, 'data').length > 0)
  return {
    data: events.map((lines) => rest(lines, 'data').join('\n')),
    names: events.map((lines) => rest(lines, 'event')[0] ?? ''),
    others: blocks.flat().filter((line) => !/^(data|event|id|retry):/.test(line)),
  }
}
