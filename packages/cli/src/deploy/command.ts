import { writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { type Command, listOption, textOption } from '../command.ts'
import { CommandError } from '../failure.ts'
import { describeWorker } from '../worker/describe.ts'
import { entryOf, temporaryFolder } from '../worker/entry.ts'
import { readConfig, withPlan } from './config-file.ts'
import { planAll } from './environments.ts'
import type { ClassChanges } from './plan.ts'
import { runWrangler } from './wrangler.ts'

const help = `dobj deploy [entry] [options]

Brings wrangler.jsonc to what the worker's classes need (bindings and migrations), then runs "wrangler deploy".
The history of migrations is only ever added to; comments and everything else in the file stay as they are.

  entry                  the worker's module (default: "main" of the configuration, or src/worker.ts)
  --rename Old=New       the objects of class Old go on, with their data, as New
  --delete Old           the objects of class Old are deleted with all their data
  --env <name>           deploy this environment of the configuration; bindings are written for all of them
  --config <file>        default: wrangler.jsonc or wrangler.json in this folder
  --config-only          write the configuration and stop
  --dry-run              write nothing: show the configuration and the changes

Examples
  dobj deploy --dry-run
  dobj deploy src/worker.ts --rename Client=Customer`

export const deploy: Command = {
  summary: 'write the wrangler configuration from the classes, and deploy',
  help,
  options: {
    rename: { type: 'string', multiple: true },
    delete: { type: 'string', multiple: true },
    config: { type: 'string' },
    env: { type: 'string' },
    'config-only': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  run: async ({ options, positionals, output, signal }) => {
    const folder = process.cwd()
    const file = readConfig(folder, textOption(options, 'config'))
    // Paths in the configuration begin at its own folder.
    const home = dirname(resolve(file.path))
    const { main, env = {} } = file.config
    const environment = textOption(options, 'env')
    if (environment !== undefined && !Object.hasOwn(env, environment)) {
      const known = Object.keys(env).join(', ') || 'none'
      throw new CommandError('unknown_environment', `${file.path} has no "env.${environment}". Environments: ${known}.`, 2)
    }
    const entry = entryOf(positionals[0] ?? (main === undefined ? undefined : relative(folder, resolve(home, main))))
    const { path: work, remove } = temporaryFolder()
    try {
      const classes = await describeWorker(entry, join(work, 'worker.js'))
      const plan = planAll(
        classes.map(({ name }) => name),
        file.config,
        changesOf(listOption(options, 'rename'), listOption(options, 'delete')),
      )
      const next = withPlan(file, plan, { name: workerName(folder), main: relative(home, resolve(entry)) })
      for (const change of plan.changes) output.line(`  ${change}`)
      if (plan.changes.length === 0) output.line('  The configuration fits the classes.')
      if (options['dry-run'] === true) {
        output.line(`\n${relative(folder, file.path)} would be:\n${next.trimEnd()}`)
        return 0
      }
      const wrangler = ['deploy', '--config', file.path, ...(environment === undefined ? [] : ['--env', environment])]
      if (next !== file.text) writeFileSync(file.path, next)
      return options['config-only'] === true ? 0 : await runWrangler(wrangler, signal)
    } finally {
      remove()
    }
  },
}

function changesOf(renames: readonly string[], removals: readonly string[]): ClassChanges {
  const rename = renames.map((text) => {
    const match = /^([A-Za-z_$][\w$]*)=([A-Za-z_$][\w$]*)$/.exec(text)
    if (match === null) throw new CommandError('usage', `"${text}" is no renaming. Write --rename Old=New.`, 2)
    return [match[1], match[2]] as [string, string]
  })
  const twice = rename.find(([from], index) => rename.findIndex(([other]) => other === from) !== index)
  if (twice !== undefined) throw new CommandError('usage', `${twice[0]} is renamed twice. Say one new name.`, 2)
  return { rename: Object.fromEntries(rename), remove: [...new Set(removals)] }
}

/** Cloudflare's rule: lower-case letters, digits and hyphens. */
function workerName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return name || 'worker'
}
