import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { CommandError } from './failure.ts'

/** Where a command writes; a test gives its own. */
export interface Output {
  line(text: string): void
  problem(text: string): void
}

export interface Invocation {
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>
  readonly positionals: readonly string[]
  readonly output: Output
  /** Aborted by SIGINT and SIGTERM: for commands that stay. */
  readonly signal: AbortSignal
}

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string
  /** The whole help: usage, options, examples. */
  readonly help: string
  readonly options: ParseArgsOptionsConfig
  /** Answers the exit code. @throws CommandError */
  run(invocation: Invocation): Promise<number>
}

/** @throws CommandError `usage` for an option that the command does not have, or one without its value. */
export function parsed(command: Command, args: readonly string[]): Pick<Invocation, 'options' | 'positionals'> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: command.options, allowPositionals: true, strict: true })
    return { options: values, positionals }
  } catch (error) {
    throw new CommandError('usage', `${error instanceof Error ? error.message : 'Wrong arguments.'}\n\n${command.help}`, 2)
  }
}

export function textOption(options: Invocation['options'], name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

export function listOption(options: Invocation['options'], name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value.map(String) : []
}

/** @throws CommandError `usage` unless it is a port. */
export function portOption(options: Invocation['options'], fallback: number): number {
  const text = textOption(options, 'port')
  if (text === undefined) return fallback
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new CommandError('usage', `"${text}" is no port. Use a number from 0 (any free one) to 65535.`, 2)
}
