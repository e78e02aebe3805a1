import { isReserved } from '../expose/capability.ts'
import { fromWire, unknownMethod } from '../expose/errors.ts'
import { handedOver } from '../expose/values.ts'

/** What native RPC gives: a stub or a promise of one, both of which can be called on at once. */
type Native = { readonly [name: string]: unknown } & PromiseLike<unknown>

/** One place on the way through another object: an answer that is on its way, and what may be asked of it meanwhile. */
export interface Link {
  get(name: string): Link
  /** Sent at once: the other side goes on with it as soon as it has what it is asked of. */
  call(name: string, args: readonly unknown[]): Link
  /** The answer, at the cost of waiting for it. */
  settle(): Promise<unknown>
  /** To be handed to somebody else as an argument. */
  readonly native: unknown
}

/** A link over what native RPC has given, or a failed one over what it has thrown. */
export function nativeLink(open: () => unknown): Link {
  let native: Native
  try {
    native = open() as Native
  } catch (error) {
    return failed(error)
  }
  return {
    // Such names mean something of the stub itself.
    get: (name) => (isReserved(name) ? failed(unknownMethod()) : nativeLink(() => native[name])),
    call: (name, args) =>
      isReserved(name)
        ? failed(unknownMethod())
        : nativeLink(() => (native[name] as (...args: readonly unknown[]) => unknown)(...args.map(handedOver))),
    settle: async () => native,
    native,
  }
}

function failed(error: unknown): Link {
  const link: Link = { get: () => link, call: () => link, settle: () => Promise.reject(fromWire(error)), native: undefined }
  return link
}

/** A link that is not open yet; what is asked of it is sent, in order and without waiting in between, as soon as it is. */
export function laterLink(ready: Promise<Link>): Link {
  const then = (step: (link: Link) => Link): Link => {
    const next = ready.then(step)
    // Told by `settle`, if anybody asks.
    next.catch(() => {})
    return laterLink(next)
  }
  return {
    get: (name) => then((link) => link.get(name)),
    call: (name, args) => then((link) => link.call(name, args)),
    settle: async () => (await ready).settle(),
    native: undefined,
  }
}

/** Asked for when it is first used: a property is not fetched when it is called after all. */
export function lazyLink(make: () => Link): Link {
  let made: Link | undefined
  const link = () => {
    made ??= make()
    return made
  }
  return {
    get: (name) => link().get(name),
    call: (name, args) => link().call(name, args),
    settle: () => link().settle(),
    get native() {
      return link().native
    },
  }
}
