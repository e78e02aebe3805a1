interface Target {
  readonly path?: string
  readonly host?: string
  readonly port?: number | string
}

/** What `Socket.connect` was asked for, when that is neither loopback nor a local pipe. Answers `host:port`. */
export function foreignTarget(args: readonly unknown[]): string | undefined {
  const target = readTarget(args)
  if (target.path !== undefined) return undefined
  const host = target.host ?? 'localhost'
  return isLoopback(host) ? undefined : `${host}:${target.port ?? '?'}`
}

/** Node calls connect with (options), (port, host), (path), or with one array of already sorted arguments. */
function readTarget(args: readonly unknown[]): Target {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) return first
  if (typeof first === 'number' || /^\d+$/.test(String(first))) {
    return { port: first as number, ...(typeof second === 'string' ? { host: second } : {}) }
  }
  return { path: String(first) }
}

export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '')
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare)
}
