import type { Clock } from '@do/provider'
import { abortedError, timeoutError, typed } from './errors.ts'
import type { CallOptions } from './types.ts'

/** A stub or promise of capnweb: a function, whatever it stands for. */
type Stub = ((...args: unknown[]) => unknown) & PromiseLike<unknown>

export interface StubOptions extends CallOptions {
  readonly clock: Pick<Clock, 'timer'>
}

/**
 * The same stub, whose answers come in time and whose errors are typed. To capnweb it is the stub itself: it may be passed on as
 * an argument. `of` is asked each time, so that what is behind it may change.
 */
export function typedStub(of: () => Stub, options: StubOptions): Stub {
  return new Proxy(callable, new Typed(of, options))
}

const callable = (() => {}) as unknown as Stub

/** A class, as each call makes two of them: functions of a literal would be made anew for each. */
class Typed implements ProxyHandler<Stub> {
  readonly of: () => Stub
  readonly options: StubOptions

  constructor(of: () => Stub, options: StubOptions) {
    this.of = of
    this.options = options
  }

  get(_: Stub, name: string | symbol): unknown {
    const { options } = this
    const stub = this.of()
    const value: unknown = Reflect.get(stub, name)
    if (typeof value !== 'function' || typeof name === 'symbol' || name === 'onRpcBroken' || name === 'toString') return value
    if (name === 'then') return (ok: never, fail: never) => answer(stub, options).then(ok, fail)
    if (name === 'catch') return (fail: never) => answer(stub, options).catch(fail)
    if (name === 'finally') return (run: never) => answer(stub, options).finally(run)
    if (name === 'dup' || name === 'map') return (...args: unknown[]) => wrap(value.apply(stub, args), options)
    return typedStub(() => value as Stub, options)
  }

  apply(_: Stub, __: unknown, args: unknown[]): unknown {
    this.options.signal?.throwIfAborted()
    return wrap(this.of()(...args), this.options)
  }

  has(_: Stub, name: string | symbol): boolean {
    return Reflect.has(this.of(), name)
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.of())
  }
}

function wrap(value: unknown, options: StubOptions): unknown {
  if (typeof value === 'function') return typedStub(() => value as Stub, options)
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return value
  const fields = value as Record<string, unknown>
  // A fresh value of our own: it may be changed in place, and keeps its disposer.
  for (const name of Object.keys(fields)) {
    const item = fields[name]
    if (typeof item === 'function' || (typeof item === 'object' && item !== null)) fields[name] = wrap(item, options)
  }
  return value
}

function answer(stub: Stub, options: StubOptions): Promise<unknown> {
  if (options.timeoutMs !== undefined || options.signal !== undefined) return answerInTime(stub, options)
  return (stub as unknown as Promise<unknown>).then(
    (value) => wrap(value, options),
    (error: unknown) => {
      throw typed(error)
    },
  )
}

async function answerInTime(stub: Stub, options: StubOptions): Promise<unknown> {
  const { timeoutMs, signal, clock } = options
  try {
    const { promise, reject } = Promise.withResolvers<never>()
    const giveUp = (error: unknown) => {
      reject(error)
      ;(stub as unknown as Partial<Disposable>)[Symbol.dispose]?.()
    }
    const aborted = () => giveUp(abortedError())
    if (signal?.aborted) aborted()
    signal?.addEventListener('abort', aborted, { once: true })
    const cancel = timeoutMs === undefined ? undefined : clock.timer(timeoutMs, () => giveUp(timeoutError(timeoutMs)))
    try {
      return wrap(await Promise.race([promise, stub]), options)
    } finally {
      cancel?.()
      signal?.removeEventListener('abort', aborted)
    }
  } catch (error) {
    throw typed(error)
  }
}
