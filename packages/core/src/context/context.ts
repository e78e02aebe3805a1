import { refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import { mountedTypes } from '../object/mounts.ts'
import type { TreeRoom } from '../tree/tree.ts'
import { objectAt } from './objects.ts'
import type { CallOptions } from './types.ts'

export interface ContextSetting {
  readonly kernel: Kernel
  readonly tree: TreeRoom
  /** What other rooms give: `send`, `do`, `on`, `every` and others. Looked up when asked for. */
  readonly parts: Readonly<Record<string, unknown>>
}

/**
 * The object's `$`: what the rooms give, the tree around it, every object of the worker by its class (`$.Customer(id)`), and
 * the providers of this object by the names of their interfaces (`$.sms`).
 */
export function createContext({ kernel, tree, parts }: ContextSetting): object {
  const own: Readonly<Record<string, unknown>> = {
    child: (type: string, name: string, options?: CallOptions) =>
      objectAt(kernel, type, name, options, () => tree.adopt(type, name)),
    children: tree.children,
    parent: tree.parent,
    ancestors: tree.ancestors,
    descendants: tree.descendants,
    lifecycle: (type: string, name: string) => tree.lifecycleOf({ type, name }),
  }
  const objects = new Map<string, (name: string, options?: CallOptions) => object>()

  const object = (type: string) => {
    const known = objects.get(type)
    if (known !== undefined || !mountedTypes().some((mount) => mount.type === type)) return known
    const made = (name: string, options?: CallOptions) => objectAt(kernel, type, name, options)
    objects.set(type, made)
    return made
  }

  return new Proxy(Object.create(null) as object, {
    get: (_, name) => {
      // It is nothing to wait for, and shows nothing of itself.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined
      if (Object.hasOwn(own, name)) return own[name]
      if (Object.hasOwn(parts, name)) return parts[name]
      return object(name) ?? provider(kernel.self, name)
    },
    has: (_, name) =>
      typeof name === 'string' && (Object.hasOwn(own, name) || Object.hasOwn(parts, name) || object(name) !== undefined),
    set: () => false,
    defineProperty: () => false,
  })
}

function provider(self: object, name: string): unknown {
  const { providers } = self as { readonly providers?: Readonly<Record<string, unknown>> }
  if (providers !== undefined && Object.hasOwn(providers, name)) return providers[name]
  const detail = `"$.${name}" leads nowhere. Give this object's class such a provider in its member "providers", or mount a class "${name}".`
  throw refuse('no_providers', detail, { field: name })
}
