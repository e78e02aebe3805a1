import { isPromise } from '../kernel/promises.ts'
import { PlatformTarget } from '../platform/target.ts'
import type { Access } from './access.ts'
import { type Capability, exposedBy } from './capability.ts'
import { toWire, unknownMethod } from './errors.ts'
import { invokeNow } from './invoke.ts'
import { outgoing } from './values.ts'

/** What callers hold in place of an object or a capability: by its prototype it has the exposed methods, and nothing else. */
export type Facade = InstanceType<typeof PlatformTarget> & Disposable

type FacadeClass = new (target: object, access: Access, released?: () => void) => Facade

const classes = new WeakMap<object, FacadeClass>()

/** The facade of an object or a capability, for one connection. Its class is made once for each class of targets. */
export function facadeOf(target: object, access: Access): Facade {
  return new (facadeClassOf(target))(target, access)
}

/** For who makes facades of capabilities itself: also tells when the caller has let go of it. */
export function handOut(capability: Capability, access: Access): Facade {
  const release = access.limits?.handOut()
  return new (facadeClassOf(capability))(capability, access, () => {
    release?.()
    ;(capability as Partial<Disposable>)[Symbol.dispose]?.()
  })
}

/**
 * Below the facades' own methods: whoever asks for any other name is told that it does not exist. In stock Cap'n Web as
 * in native RPC a name is looked up on the target, so this is where a typed answer can be given.
 */
const nothing: object = new Proxy(Object.create(PlatformTarget.prototype) as object, {
  get: (_, name) => {
    // Asked for by the language itself, of everything that is awaited or disposed of.
    if (typeof name === 'symbol' || name === 'then' || name === 'constructor') return undefined
    throw toWire(unknownMethod())
  },
})

function facadeClassOf(target: object): FacadeClass {
  const known = classes.get(target.constructor)
  if (known !== undefined) return known

  class TargetFacade extends PlatformTarget {
    readonly #target: object
    readonly #access: Access
    readonly #released: (() => void) | undefined

    constructor(to: object, access: Access, released?: () => void) {
      super()
      this.#target = to
      this.#access = access
      this.#released = released
    }

    /** Both protocols call it when the last stub is gone. */
    [Symbol.dispose](): void {
      this.#released?.()
    }

    /** A symbol cannot be named over any wire. */
    [call](method: string, args: readonly unknown[]): unknown {
      const access = this.#access
      const made: Facade[] = []
      try {
        const answer = invokeNow(this.#target, method, args, access, (result) =>
          outgoing(result, (capability) => {
            const facade = handOut(capability, access)
            made.push(facade)
            return facade
          }),
        )
        return isPromise(answer) ? answer.then(undefined, (error) => failed(error, made)) : answer
      } catch (error) {
        return failed(error, made)
      }
    }
  }
  for (const name of Object.keys(exposedBy(target))) {
    const method = function (this: TargetFacade, ...args: unknown[]) {
      return this[call](name, args)
    }
    Object.defineProperty(TargetFacade.prototype, name, { value: method })
  }
  Object.setPrototypeOf(TargetFacade.prototype, nothing)
  classes.set(target.constructor, TargetFacade)
  return TargetFacade
}

/** Nobody got them, so nobody will give them back. */
function failed(error: unknown, made: readonly Facade[]): never {
  for (const facade of made) facade[Symbol.dispose]()
  throw toWire(error)
}

const call = Symbol('call')
