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

/** What may be logged of any error: its name and code, and where it came from, without its text. */
export function errorFacts(error: unknown): {
  readonly error: string
  readonly code?: string | undefined
  readonly stack?: string
} {
  const { name = 'Error', code, stack = '' }: { name?: unknown; code?: unknown; stack?: unknown } = Object(error)
  // The lines of the text before them are not looked at.
  const frames = String(stack).match(/(?<=^\s+)at .*/gm) ?? []
  return { error: String(name), code: (code as string) && String(code), stack: frames.slice(0, 8).join(' < ') }
}
