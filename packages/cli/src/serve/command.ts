import type { ClusterOptions } from '@do/core/workerd'
import { type Command, type Invocation, portOption, textOption } from '../command.ts'
import { readEnv } from '../dev/env.ts'
import { serve as run } from '../dev/serve.ts'
import { CommandError } from '../failure.ts'
import { entryOf } from '../worker/entry.ts'

const help = `dobj serve [entry] [options]

Runs the worker on workerd for good: on a machine of your own, alone or as one of several processes over one bucket.

  entry                    the worker's module (default: src/worker.ts)
  --port <number>          default 8787
  --host <address>         default 127.0.0.1; put a proxy with TLS in front of it
  --data <folder>          where the objects keep their data (default .data); in a cluster a cache of the bucket's
  --env-file <file>        text bindings, NAME=value a line (default .dev.vars, if there)
  --cluster <url>          s3://bucket/prefix or gs://bucket/prefix: serve the objects together with others
  --cluster-address <a>    where the others reach this one, on a private network (default 127.0.0.1:0)
  --endpoint <url>         of an S3-compatible store that is not Amazon's
  --region <name>          default auto

A cluster needs CLUSTER_KEY (32 bytes or more, the same everywhere) and the store's credentials in the environment.

Examples
  dobj serve --port 80 --host 0.0.0.0 --data /var/lib/shop
  CLUSTER_KEY=$(cat key) dobj serve --cluster s3://shop/objects --cluster-address 10.0.0.5:7000`

export const serve: Command = {
  summary: 'run the worker on a machine of your own, alone or in a cluster',
  help,
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    data: { type: 'string' },
    'env-file': { type: 'string' },
    cluster: { type: 'string' },
    'cluster-address': { type: 'string' },
    endpoint: { type: 'string' },
    region: { type: 'string' },
  },
  run: ({ options, positionals, output, signal }) =>
    run({
      entry: entryOf(positionals[0]),
      port: portOption(options, 8787),
      host: textOption(options, 'host'),
      dataFolder: textOption(options, 'data') ?? '.data',
      env: () => readEnv(textOption(options, 'env-file')),
      outbound: ['public', 'private', 'local'],
      cluster: clusterOf(options),
      watch: false,
      exactPort: true,
      output,
      signal,
    }),
}

function clusterOf(options: Invocation['options']): ClusterOptions | undefined {
  const bucket = textOption(options, 'cluster')
  if (bucket === undefined) return undefined
  if (!/^(s3|gs):\/\/[^/]+/.test(bucket)) {
    throw new CommandError('usage', `"${bucket}" is no bucket. Write --cluster s3://bucket/prefix`, 2)
  }
  const { CLUSTER_KEY: key = '' } = process.env
  if (Buffer.byteLength(key) < 32) {
    throw new CommandError('no_cluster_key', 'Set CLUSTER_KEY, the same in every process: openssl rand -hex 32 makes one.', 2)
  }
  const address = textOption(options, 'cluster-address')
  const endpoint = textOption(options, 'endpoint')
  const region = textOption(options, 'region')
  return {
    bucket,
    key,
    ...(address === undefined ? {} : { address }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  }
}
