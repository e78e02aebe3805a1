import { type Clock, ProviderError, refuse } from '@do/provider'
import { fromWire, internalError, unknownMethod } from '../expose/errors.ts'
import { withDeadline } from '../expose/invoke.ts'
import { isStub, standsFor } from '../expose/values.ts'
import { type Link, lazyLink, nativeLink } from './link.ts'

/** How to reach one object for one chain of calls. */
export interface Line {
  /** Begins anew, on a fresh stub. `again`: an answer was lost, what writes must not run. */
  open(again: boolean): Link
  /** Epoch milliseconds. */
  readonly deadline: number | undefined
  readonly clock: () => Clock
  /** What to call it in errors. */
  readonly name: string
}

interface Step {
  readonly name: string
  readonly args?: readonly unknown[]
}

/** Tries in all: the object may be on its way from one life, or one machine, to the next. */
const tries = 3
const pauseMs = 50

/**
 * Another object, or something of it: every call is sent at once, and what is called on an answer that has not come yet is
 * sent along with it, so that a whole chain costs one round trip. Nothing is awaited until somebody awaits it.
 */
export function remote(line: Line, link: Link, steps: readonly Step[] = [], parent?: Link): object {
  const proxy: object = new Proxy(() => {}, {
    get: (_, name) => {
      if (name === Symbol.dispose) return () => dispose(link)
      if (typeof name === 'symbol') return undefined
      if (name === 'then' || name === 'catch' || name === 'finally') {
        // The object itself is nothing to wait for: `return $.Customer(id)` gives it, not an answer.
        if (steps.length === 0 || settled.has(link)) return undefined
        const answer = settle(line, link, steps)
        return answer[name].bind(answer)
      }
      return remote(
        line,
        lazyLink(() => link.get(name)),
        [...steps, { name }],
        link,
      )
    },
    apply: (_, __, args: readonly unknown[]) => {
      const last = steps.at(-1)
      if (last === undefined || parent === undefined || last.args !== undefined)
        throw new TypeError(`${line.name} is no function. Call one of its methods.`)
      const next = parent.call(last.name, args)
      return remote(line, next, [...steps.slice(0, -1), { name: last.name, args }], parent)
    },
    has: () => false,
    ownKeys: () => [],
    set: () => false,
    defineProperty: () => false,
  })
  standsFor(proxy, link)
  return proxy
}

/** Links to stubs that have arrived: they can be called, but not awaited. */
const settled = new WeakSet<Link>()

function dispose(link: Link): void {
  const native = link.native as Partial<Disposable> | undefined
  native?.[Symbol.dispose]?.()
}

async function settle(line: Line, first: Link, steps: readonly Step[]): Promise<unknown> {
  const answer = async () => {
    let link = first
    for (let attempt = 1; ; attempt += 1) {
      try {
        return incoming(line, await link.settle(), steps)
      } catch (error) {
        const typed = fromWire(error)
        if (ProviderError.is(typed)) throw typed.code === 'not_repeatable' ? unavailable(line) : typed
        if (isUnknownMethod(error)) throw unknownMethod()
        if (error instanceof Error && error.name === 'DataCloneError') {
          throw refuse(
            'invalid_input',
            'An argument is neither data nor something that can be called. Pass plain data, functions or stubs.',
          )
        }
        if (!isLost(error)) throw internalError()
        if (attempt === tries || !steps.every(({ args = [] }) => args.every(isData))) throw unavailable(line)
        if (attempt > 1) await line.clock().sleep(pauseMs)
        link = steps.reduce<Link>(
          (from, { name, args }) => (args === undefined ? from.get(name) : from.call(name, args)),
          line.open(true),
        )
      }
    }
  }
  if (line.deadline === undefined) return answer()
  return withDeadline(line.clock(), line.deadline, 'unknown', answer)
}

/** Stubs in an answer can be called like the object itself; the rest is data. */
function incoming(line: Line, value: unknown, steps: readonly Step[]): unknown {
  if (isStub(value)) {
    const link = nativeLink(() => value)
    settled.add(link)
    return remote(line, link, steps)
  }
  if (Array.isArray(value)) return value.map((item, index) => incoming(line, item, [...steps, { name: String(index) }]))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, incoming(line, item, [...steps, { name }])]))
}

/** Said by the platform of a name that is not there; nothing was run. */
function isUnknownMethod(error: unknown): boolean {
  return error instanceof TypeError && /does not implement the method|is not a function/.test(error.message)
}

/** https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
function isLost(error: unknown): boolean {
  const { retryable, overloaded, durableObjectReset, message = '' } = Object(error) as Record<string, unknown>
  if (overloaded === true) return false
  return durableObjectReset === true || retryable === true || /connection|disconnected|reset/i.test(String(message))
}

function isData(value: unknown): boolean {
  return typeof value !== 'function' && !isStub(value)
}

function unavailable({ name }: Line): ProviderError {
  return new ProviderError({
    code: 'object_unavailable',
    fault: 'network',
    effect: 'unknown',
    message: `${name} did not answer: it was stopped or moved meanwhile. Look whether it happened before you repeat it.`,
  })
}
