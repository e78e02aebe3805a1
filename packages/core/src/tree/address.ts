import { addressOf, type ObjectAddress } from '../object/reach.ts'

export function same(a: ObjectAddress | undefined, b: ObjectAddress | undefined): boolean {
  return a !== undefined && b !== undefined && a.type === b.type && a.name === b.name
}

/** The object of this worker that a URL names, whatever the worker's origin was when it was written. */
export function ours(url: string): ObjectAddress | undefined {
  try {
    return addressOf(url)
  } catch {
    return undefined
  }
}
