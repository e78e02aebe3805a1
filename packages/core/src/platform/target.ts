import type { RpcTarget } from 'capnweb'

interface Library {
  readonly RpcTarget: new () => RpcTarget
}

// In workerd Cap'n Web takes the platform's RpcTarget, elsewhere it brings its own. By names in variables, neither is bundled on
// this account.
const names = ['cloudflare:workers', 'capnweb']

async function found(): Promise<Library | undefined> {
  for (const name of names) {
    const library = (await import(name).catch(() => undefined)) as Library | undefined
    if (library !== undefined) return library
  }
  return undefined
}

/** What both Cap'n Web and native RPC pass by reference. */
export const PlatformTarget: Library['RpcTarget'] = (await found())?.RpcTarget ?? (class {} as Library['RpcTarget'])
