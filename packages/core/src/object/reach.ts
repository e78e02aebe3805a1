import { refuse } from '@do/provider'
import type { ObjectNamespace } from '../platform/types.ts'
import { mountedTypes } from './mounts.ts'

/** An object by the name of its class in `createWorker` and its own. */
export interface ObjectAddress {
  readonly type: string
  readonly name: string
}

export interface Reached extends ObjectAddress {
  readonly url: string
  readonly stub: unknown
}

/**
 * The stub of an object of this worker, by its URL or its type and name.
 * @throws ProviderError `unknown_object` when no class is mounted there, `no_binding` when the environment lacks its namespace.
 */
export function reach(env: unknown, address: ObjectAddress | string): Reached {
  const { type, name } = typeof address === 'string' ? addressOf(address) : address
  const mount = mountedTypes().find((known) => known.type === type)
  if (mount === undefined) throw refuse('unknown_object', `No class is mounted as "${type}". Give it to createWorker.`)
  const namespace = (env as Readonly<Record<string, unknown>>)[mount.binding] as ObjectNamespace | undefined
  if (namespace === undefined) throw refuse('no_binding', `There is no binding "${mount.binding}" for the class ${type}.`)
  const url = `${mount.origin(env)}${mount.prefix}/${encodeURIComponent(name)}`
  return { type, name, url, stub: namespace.get(namespace.idFromName(name)) }
}

/** The type and name that a URL of this worker stands for. @throws ProviderError `unknown_object` */
export function addressOf(url: string): ObjectAddress {
  const path = URL.canParse(url) ? new URL(url).pathname : url
  // The longest prefix wins: `/t` and `/t/archive` may both be mounted.
  const mount = mountedTypes()
    .filter(({ prefix }) => path.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0]
  const name = mount === undefined ? '' : (path.slice(mount.prefix.length + 1).split('/')[0] ?? '')
  if (mount === undefined || name === '') throw refuse('unknown_object', `"${url}" is the URL of no object of this worker.`)
  return { type: mount.type, name: decodeURIComponent(name) }
}
