import { type Command, portOption, textOption } from '../command.ts'
import { entryOf } from '../worker/entry.ts'
import { readEnv } from './env.ts'
import { serve } from './serve.ts'

const help = `dobj dev [entry] [options]

Runs the worker on workerd, with the objects' data on disk, and starts it again whenever a source changes.

  entry              the worker's module (default: src/worker.ts)
  --port <number>    default 8787; a free one when it is taken
  --data <folder>    where the objects keep their data, over restarts (default .data)
  --env-file <file>  text bindings, NAME=value a line (default .dev.vars, if there)
  --local            let the worker reach this machine only
  --no-watch         do not look for changes

Examples
  dobj dev
  dobj dev src/worker.ts --port 3000 --data /tmp/try`

export const dev: Command = {
  summary: 'run the worker locally, with its data on disk',
  help,
  options: {
    port: { type: 'string' },
    data: { type: 'string' },
    'env-file': { type: 'string' },
    local: { type: 'boolean' },
    'no-watch': { type: 'boolean' },
  },
  run: ({ options, positionals, output, signal }) =>
    serve({
      entry: entryOf(positionals[0]),
      port: portOption(options, 8787),
      dataFolder: textOption(options, 'data') ?? '.data',
      env: () => readEnv(textOption(options, 'env-file')),
      outbound: options.local === true ? ['local'] : ['public', 'private', 'local'],
      watch: options['no-watch'] !== true,
      output,
      signal,
    }),
}
