/**
 * Several processes that serve the same objects, each object in one of them at a time. What has been answered is in the bucket.
 * Experimental in workerd.
 */
export interface ClusterOptions {
  /** `s3://bucket/prefix` of an S3-compatible store with conditional writes (S3, R2, MinIO), or `gs://bucket/prefix`. */
  readonly bucket: string
  /** Of an S3-compatible store that is not Amazon's: `https://…`. */
  readonly endpoint?: string
  readonly region?: string
  /** Default: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of this process. The worker itself does not see them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** At least 32 bytes, the same in every process: whoever has it reaches everything in them. */
  readonly key: string
  /** Where the other processes reach this one, on a private network: traffic is not encrypted. Default `127.0.0.1:0`. */
  readonly address?: string
  /** For tests: the 20 s lease of a process is divided by this. */
  readonly timeDivisor?: number
}

export interface ConfigOptions {
  /** Address of the socket: `127.0.0.1:8787`; port 0 takes a free one. */
  readonly address: string
  /** Bundle, relative to the configuration file. */
  readonly bundle: string
  /** Exported classes; each is bound under its own name and has its data in a folder of that name. */
  readonly objects: readonly string[]
  /** Names of environment variables that become text bindings. */
  readonly env: readonly string[]
  /** Absolute path of the data folder. */
  readonly dataFolder: string
  /** Network blocks that `fetch` may reach: `public`, `private`, `local` or CIDR. */
  readonly outbound: readonly string[]
  readonly compatibilityDate: string
  readonly compatibilityFlags: readonly string[]
  readonly cluster?: ClusterOptions | undefined
}

/** workerd's configuration as Cap'n Proto text: https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp */
export function workerdConfig(options: ConfigOptions): string {
  const { address, bundle, objects, env, dataFolder, outbound, compatibilityDate, compatibilityFlags, cluster } = options
  const namespaces = objects.map((name) => `(className = ${text(name)}, uniqueKey = ${text(name)}, enableSql = true)`)
  const bindings = [
    ...objects.map((name) => `(name = ${text(name)}, durableObjectNamespace = ${text(name)})`),
    ...env.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
  ]
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ${list(outbound.map(text))}, tlsOptions = (trustBrowserCas = true))),
    (name = "data", disk = (path = ${text(dataFolder)}, writable = true)),
  ],
  sockets = [(name = "http", address = ${text(address)}, http = (), service = "main")],${cluster === undefined ? '' : `\n  cluster = ${clusterConfig(cluster)},`}
);

const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${text(bundle)})],
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = ${list(compatibilityFlags.map(text))},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "data"),
  bindings = ${list(bindings)},
  globalOutbound = "internet",
);
`
}

function clusterConfig({ bucket, endpoint, region = 'auto', key, address = '127.0.0.1:0', timeDivisor }: ClusterOptions): string {
  const settings = [`aws_region=${region}`, ...(endpoint === undefined ? [] : [`aws_endpoint=${endpoint}`])]
  const fields = [
    `bucket = ${text(bucket)}`,
    ...(bucket.startsWith('s3:') ? [`bucketOptions = ${list(settings.map(text))}`] : []),
    `address = ${text(address)}`,
    `key = ${text(key)}`,
    ...(timeDivisor === undefined ? [] : [`unsafeTimeDivisor = ${timeDivisor}`]),
  ]
  return `(${fields.join(', ')})`
}

function list(items: readonly string[]): string {
  return `[${items.join(', ')}]`
}

/** Cap'n Proto strings know `\xNN` but not `\uNNNN`; UTF-8 may stand as it is. */
function text(value: string): string {
  const escaped = value
    .replace(/[\\"]/g, '\\$&')
    .replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `"${escaped}"`
}
