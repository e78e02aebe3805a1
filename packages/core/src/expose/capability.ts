import { PlatformTarget } from '../platform/target.ts'
import type { MethodOptions } from './types.ts'

/**
 * Something that a method hands out to be called further: `class Orders extends Capability { static readonly methods = { … } }`.
 * Callers never get the instance itself, only a facade with exactly the methods it exposes.
 * In workerd this is the platform's RpcTarget, which both Cap'n Web and native RPC pass by reference.
 */
export class Capability extends PlatformTarget {
  /** What may be called, by name. */
  static readonly methods: Exposed = {}
}

export type Exposed = Readonly<Record<string, MethodOptions>>

/** Names that a protocol, the language or the platform gives a meaning of its own. */
const reserved = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...['then', 'catch', 'finally', 'dup', 'onRpcBroken', 'map', 'toJSON'],
  ...['fetch', 'alarm', 'connect', 'webSocketMessage', 'webSocketClose', 'webSocketError', '$door', '$open'],
])

export function isReserved(name: string): boolean {
  return reserved.has(name)
}

const known = new WeakMap<object, Exposed>()

/**
 * The exposed methods of an instance's class, checked once for each class.
 * @throws TypeError for a name that is no method of the class, or that callers could not use.
 */
export function exposedBy(target: object): Exposed {
  const targetClass = target.constructor
  const cached = known.get(targetClass)
  if (cached !== undefined) return cached
  const { methods = {} } = targetClass as { readonly methods?: Exposed }
  const exposed: Record<string, MethodOptions> = Object.create(null)
  for (const [name, options] of Object.entries(methods)) {
    const where = `${targetClass.name}.methods.${name}`
    if (reserved.has(name)) throw new TypeError(`${where}: this name has another meaning for callers. Call the method otherwise.`)
    if (typeof methodOf(target, name) !== 'function') throw new TypeError(`${where}: the class has no method of this name.`)
    exposed[name] = Object.freeze({ ...options })
  }
  known.set(targetClass, Object.freeze(exposed))
  return exposed
}

/** The method as the class has it: what an instance carries itself is not what was exposed. */
export function methodOf(target: object, name: string): unknown {
  for (let prototype = Object.getPrototypeOf(target); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const found = Object.getOwnPropertyDescriptor(prototype, name)
    if (found !== undefined) return found.value
  }
  return undefined
}
