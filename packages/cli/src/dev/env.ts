import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { CommandError } from '../failure.ts'

/** Text bindings of a file; of `.dev.vars` where none is named and there is one. @throws CommandError `no_env_file` */
export function readEnv(given: string | undefined): Record<string, string> {
  try {
    return parseEnv(readFileSync(given ?? '.dev.vars', 'utf8')) as Record<string, string>
  } catch {
    if (given === undefined) return {}
    throw new CommandError('no_env_file', `${given} cannot be read. Check --env-file.`)
  }
}
