import { PlatformObject } from '../platform/base.ts'

/** What the platform calls, and the two doors through which neighbours come. */
const open = new Set([
  ...['constructor', 'fetch', 'alarm', 'webSocketMessage', 'webSocketClose', 'webSocketError'],
  ...['$door', '$open'],
])

const sealed = new WeakMap<object, PropertyDescriptorMap>()

/**
 * Native RPC calls whatever stands on the prototype of an object's class, and nothing that the instance has itself. So each
 * instance gets its class's methods and getters as its own: for the class's code nothing changes, for holders of the
 * binding they do not exist. What is exposed is called through `$open`.
 */
export function seal(instance: object): void {
  Object.defineProperties(instance, sealed.get(instance.constructor) ?? describe(instance))
}

function describe(instance: object): PropertyDescriptorMap {
  const found: PropertyDescriptorMap = Object.create(null)
  let prototype: object | null = Object.getPrototypeOf(instance)
  while (prototype !== null && prototype !== PlatformObject.prototype) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (open.has(name) || name in found) continue
      // A field of a subclass may take the name over, as it could before.
      found[name] = { ...Object.getOwnPropertyDescriptor(prototype, name), configurable: true, enumerable: false }
    }
    prototype = Object.getPrototypeOf(prototype)
  }
  sealed.set(instance.constructor, found)
  return found
}
