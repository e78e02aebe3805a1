import { consoleLog, type LogLine } from '../http/log.ts'

/** How a class is known to the outside. Worker and objects share one bundle, so both read it here. */
export interface Mount {
  readonly type: string
  /** Name of the environment's binding to the class. */
  readonly binding: string
  /** `/t`: objects are at `/t/<name>`. */
  readonly prefix: string
  /** `https://host`, or `''` while nobody has said. */
  readonly origin: (env: unknown) => string
  readonly log: (line: LogLine) => void
}

const mounts = new WeakMap<object, Mount>()

const types = new Map<string, Mount>()

export function mount(objectClass: object, place: Mount): void {
  mounts.set(objectClass, place)
  types.set(place.type, place)
}

/** Every class that `createWorker` has mounted in this bundle. */
export function mountedTypes(): readonly Mount[] {
  return [...types.values()]
}

export function mountOf(instance: object): Mount {
  const known = mounts.get(instance.constructor)
  if (known !== undefined) return known
  const type = instance.constructor.name
  return { type, binding: type, prefix: `/${kebab(type)}`, origin: () => localOrigin, log: consoleLog }
}

/** Stands in the ids of objects whose worker was given no public origin. */
export const localOrigin = 'http://localhost'

export function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()
}
