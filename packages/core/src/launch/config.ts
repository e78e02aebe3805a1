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
}

/** workerd's configuration as Cap'n Proto text: https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp */
export function workerdConfig(options: ConfigOptions): string {
  const { address, bundle, objects, env, dataFolder, outbound, compatibilityDate, compatibilityFlags } = options
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
  sockets = [(name = "http", address = ${text(address)}, http = (), service = "main")],
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
