import { readFileSync } from 'node:fs'
import { type Command, type Output, parsed } from './command.ts'
import { deploy } from './deploy/command.ts'
import { dev } from './dev/command.ts'
import { CommandError } from './failure.ts'
import { cancel, inspect, redrive } from './inspect/command.ts'
import { serve } from './serve/command.ts'

export type { Output }

const commands: Readonly<Record<string, Command>> = { dev, inspect, redrive, cancel, deploy, serve }

const terminal: Output = {
  line: (text) => void process.stdout.write(`${text}\n`),
  problem: (text) => void process.stderr.write(`${text}\n`),
}

/** Runs one command of `dobj`; answers its exit code: 0 done, 1 not possible, 2 called wrongly. */
export async function run(
  args: readonly string[],
  { output = terminal, signal = interrupted() }: { readonly output?: Output; readonly signal?: AbortSignal } = {},
): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = name === 'help' ? commands[rest[0] ?? ''] : undefined
    output.line(asked?.help ?? overview())
    return name === undefined ? 2 : 0
  }
  if (name === '--version' || name === '-v') {
    output.line(version())
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    output.problem(`There is no command "${name}".\n\n${overview()}`)
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    output.line(command.help)
    return 0
  }
  try {
    return await command.run({ ...parsed(command, rest), output, signal })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    output.problem(error.message)
    return error.exitCode
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return `dobj: run Digital Objects, look into them, deploy them.\n\n${lines.join('\n')}\n\nMore about one: dobj <command> --help`
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
}

function interrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(name))
  return controller.signal
}
