let count = 0
const places = new WeakMap<object, number>()

/** Remembers that this happened after all that has happened so far, at whichever twin. */
export function happened<T extends object>(thing: T): T {
  places.set(thing, ++count)
  return thing
}

/** In the order in which it happened; what was not remembered stays where it is. */
export function inOrder<T extends object>(things: readonly T[]): T[] {
  const place = (thing: T) => places.get(thing) ?? 0
  return [...things].sort((a, b) => place(a) - place(b))
}
