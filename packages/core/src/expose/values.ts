import { refuse } from '@do/provider'
import { Capability } from './capability.ts'
import type { ConnectionLimits } from './limits.ts'

/** What both protocols pass as data of its own kind. */
const passing: readonly (new (...args: never[]) => object)[] = [
  Date,
  ArrayBuffer,
  URL,
  Headers,
  Request,
  Response,
  Blob,
  ReadableStream,
  WritableStream,
  Error,
]

const nativeStubs = ['RpcStub', 'RpcPromise', 'RpcProperty']

const stubClasses = new Set<abstract new (...args: never[]) => unknown>()

/** Told by the room that brings Cap'n Web: objects without RPC need not carry it to know its stubs. */
export function learnStubs(...classes: readonly (abstract new (...args: never[]) => unknown)[]): void {
  for (const one of classes) stubClasses.add(one)
}

/** A stub of either protocol: somebody else's object, by reference. */
export function isStub(value: unknown): value is object {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  for (const one of stubClasses) if (value instanceof one) return true
  return nativeStubs.includes(
    (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name ?? '',
  )
}

const references = new WeakMap<object, { readonly native: unknown }>()

/** Makes `reference` go over a wire as the stub it stands for. */
export function standsFor(reference: object, to: { readonly native: unknown }): void {
  references.set(reference, to)
}

/** The stub that a reference of ours stands for; anything else as it is. */
export function handedOver(value: unknown): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
  return references.get(value)?.native ?? value
}

function isLeaf(value: object): boolean {
  return ArrayBuffer.isView(value) || passing.some((kind) => value instanceof kind) || isStub(value)
}

type Bounds = Pick<ConnectionLimits, 'argumentBytes' | 'argumentDepth' | 'argumentValues'>

/**
 * Counts the arguments of a call before anybody looks into them.
 * @throws ProviderError `too_large`, `too_deep`, `invalid_input` for a field called `__proto__`
 */
export function checkSize(args: readonly unknown[], bounds: Bounds): void {
  const size = { bytes: 0, values: 0 }
  for (const value of args) count(value, 0, size, bounds)
}

function count(value: unknown, depth: number, size: { bytes: number; values: number }, bounds: Bounds): void {
  const { argumentBytes, argumentDepth, argumentValues } = bounds
  size.values += 1
  size.bytes += typeof value === 'string' ? value.length : 8
  if (size.values > argumentValues) throw refuse('too_large', `A call takes at most ${argumentValues} values. Send less at once.`)
  if (typeof value === 'bigint') size.bytes += value.toString(16).length / 2
  const binary = ArrayBuffer.isView(value) || value instanceof ArrayBuffer
  if (binary) size.bytes += value.byteLength
  if (size.bytes > argumentBytes)
    throw refuse('too_large', `The arguments of a call are at most ${argumentBytes} bytes. Send less at once.`)
  if (typeof value !== 'object' || value === null || binary || isLeaf(value)) return
  if (depth >= argumentDepth) throw refuse('too_deep', `Arguments may be nested ${argumentDepth} deep. Make them flatter.`)
  if (Array.isArray(value)) {
    for (const item of value) count(item, depth + 1, size, bounds)
    return
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw refuse('invalid_input', 'A field cannot be called "__proto__". Give it another name.')
    size.bytes += name.length
    count((value as Record<string, unknown>)[name], depth + 1, size, bounds)
  }
}

/** Further in than this, nothing is data of one answer. */
const deepest = 200

/**
 * A method's answer as it may leave the object: plain data as it is, every capability in it as what `handOut` makes of it.
 * @throws TypeError for anything else: an instance of a class, a function, a cycle. Nothing of an object leaves by accident.
 */
export function outgoing(given: unknown, handOut: (capability: Capability) => unknown, depth = 0): unknown {
  const value = handedOver(given)
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    if (typeof value === 'symbol') throw new TypeError('A method answered a symbol, which cannot leave the object')
    return value
  }
  if (value instanceof Capability) return handOut(value)
  if (isLeaf(value)) return value
  if (typeof value === 'function')
    throw new TypeError('A method answered a function, which cannot leave the object: make it a Capability')
  if (depth >= deepest) throw new TypeError(`A method answered data nested more than ${deepest} deep, or a cycle`)
  if (Array.isArray(value)) return value.map((item) => outgoing(item, handOut, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    const { name } = value.constructor
    throw new TypeError(
      `A method answered an instance of ${name}, which cannot leave the object: make it a Capability or plain data`,
    )
  }
  // Defines fields whatever they are called; an assignment to `__proto__` would not.
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, outgoing(item, handOut, depth + 1)]))
}
