import { type Command, type Invocation, textOption } from '../command.ts'
import { CommandError } from '../failure.ts'
import { inspectFile, listObjects } from './offline.ts'
import { act, inspectLive } from './online.ts'
import { asText } from './report.ts'

const connection = `  --url <origin>     the running worker (default http://127.0.0.1:8787)
  --token <token>    its INSPECT_TOKEN (default: the environment variable INSPECT_TOKEN)`

const inspectHelp = `dobj inspect <Type>/<name> [options]
dobj inspect [Type] --data <folder>

Shows what an object holds: record, state, collections, jobs, actions, schedules, dead letters, connections. Never values.

${connection}
  --data <folder>    read the files of a data folder instead: works when nothing runs; without a name, lists the objects
  --json             as JSON

Examples
  dobj inspect Tenant/acme
  dobj inspect Tenant --data .data
  dobj inspect Tenant/acme --data .data --json`

const connectionOptions = { url: { type: 'string' }, token: { type: 'string' } } as const

export const inspect: Command = {
  summary: 'look into an object, running or not',
  help: inspectHelp,
  options: { ...connectionOptions, data: { type: 'string' }, json: { type: 'boolean' } },
  run: async ({ options, positionals, output }) => {
    const data = textOption(options, 'data')
    const [what = ''] = positionals
    if (data !== undefined && !what.includes('/')) {
      const found = listObjects(data, what === '' ? undefined : what)
      output.line(
        options.json === true ? JSON.stringify(found, null, 2) : found.map(({ type, name }) => `${type}/${name}`).join('\n'),
      )
      return 0
    }
    const target = targetOf(what, inspectHelp)
    const inspection = data === undefined ? await inspectLive(target, connectionOf(options)) : inspectFile(data, target)
    output.line(options.json === true ? JSON.stringify(inspection, null, 2) : asText(inspection))
    return 0
  },
}

export const redrive: Command = action(
  'redrive',
  'give dead work all its attempts again',
  'Gives a dead job or a failed action all its attempts again.',
)
export const cancel: Command = action(
  'cancel',
  'take waiting or dead work away',
  'Takes a job or an action away, whatever its state.',
)

function action(name: 'redrive' | 'cancel', summary: string, sentence: string): Command {
  const help = `dobj ${name} <Type>/<name> <id> [options]

${sentence} "dobj inspect" lists the ids.

${connection}

Example
  dobj ${name} Tenant/acme 3f0c6f0e-6f7d-4c8e-9c56-0d6f4a1b2c3d`
  return {
    summary,
    help,
    options: connectionOptions,
    run: async ({ options, positionals: [what = '', id], output }) => {
      const target = targetOf(what, help)
      if (id === undefined) throw new CommandError('usage', `Name the job or action by its id.\n\n${help}`, 2)
      if (!(await act(name, target, id, connectionOf(options)))) {
        throw new CommandError('not_found', `${target.type}/${target.name} has no such job or action. See: dobj inspect ${what}`)
      }
      output.line(`Done. See: dobj inspect ${what}`)
      return 0
    },
  }
}

function targetOf(text: string, help: string): { readonly type: string; readonly name: string } {
  const [, type, name] = /^([A-Za-z_$][\w$]*)\/(.+)$/.exec(text) ?? []
  if (type !== undefined && name !== undefined) return { type, name }
  throw new CommandError('usage', `"${text}" names no object. Write Type/name.\n\n${help}`, 2)
}

function connectionOf(options: Invocation['options']): { readonly url: string; readonly token: string } {
  const url = textOption(options, 'url') ?? 'http://127.0.0.1:8787'
  const token = textOption(options, 'token') ?? process.env.INSPECT_TOKEN
  // "localhost:8787" would be one as well, of a scheme called "localhost".
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new CommandError('usage', `"${url}" is no URL. Write --url http://127.0.0.1:8787`, 2)
  if (token !== undefined && token !== '') return { url, token }
  throw new CommandError('no_token', 'Give the INSPECT_TOKEN of the worker: --token, or in the environment.', 2)
}
