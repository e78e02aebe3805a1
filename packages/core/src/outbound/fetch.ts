interface Socket {
  readonly opened: Promise<unknown>
  close(): Promise<void>
}

type Connect = (address: { hostname: string; port: number }) => Socket

export interface OutboundOptions {
  /** After a successful exchange a host is believed to be there for this long, in milliseconds. Default 5,000. */
  readonly trustMs?: number
  /** How long a probe may take before the request goes out without its answer, in milliseconds. Default 2,000. */
  readonly probeMs?: number
  readonly now?: () => number
}

type Probe = 'open' | 'refused' | 'unclear'

/**
 * A `fetch` for vendors that can prove "nothing was sent". workerd reports a refused connection and a broken one with the
 * same words, so a vendor that is down would leave every outcome unknown. Before a request that may change something, and
 * unless the host has answered lately, a bare connection is tried first: if it is refused, the request is not sent at all
 * and the error says so (`ECONNREFUSED`), which lets failover move on.
 *
 * Cloudflare's network refuses such probes to its own customers' hosts in a way that looks alike; there the answer is
 * "unclear" and the request goes out as always.
 */
export function outboundFetch(options: OutboundOptions = {}): typeof fetch {
  const { trustMs = 5_000, probeMs = 2_000, now = Date.now } = options
  const trustedUntil = new Map<string, number>()
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
    const changes = method !== 'GET' && method !== 'HEAD'
    if (changes && (trustedUntil.get(url.origin) ?? 0) < now() && (await probe(url, probeMs)) === 'refused') {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }) })
    }
    try {
      const response = await fetch(input, init)
      trustedUntil.set(url.origin, now() + trustMs)
      return response
    } catch (error) {
      trustedUntil.delete(url.origin)
      throw error
    }
  }
}

async function probe(url: URL, probeMs: number): Promise<Probe> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const connect = await sockets()
  if (connect === undefined) return 'unclear'
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const socket = connect({ hostname: url.hostname, port })
    const patience = new Promise<Probe>((resolve) => {
      timer = setTimeout(() => resolve('unclear'), probeMs)
    })
    const result = await Promise.race([socket.opened.then((): Probe => 'open'), patience])
    socket.close().catch(() => {})
    return result
  } catch (error) {
    const words = error instanceof Error ? error.message : ''
    return /cannot connect to the specified address$/.test(words.trim()) ? 'refused' : 'unclear'
  } finally {
    clearTimeout(timer)
  }
}

let connecting: Promise<Connect | undefined> | undefined

/** The module exists inside workerd only; elsewhere `fetch` itself says what was refused. */
function sockets(): Promise<Connect | undefined> {
  const name = 'cloudflare:sockets' as string
  connecting ??= import(name).then(
    ({ connect }: { connect: Connect }) => connect,
    () => undefined,
  )
  return connecting
}
