import { type Change, type ChangeFilter, count } from '@do/core'

/** What is counted at every level: at a tenant over its own books, at a SaaS over its tenants, at a business over all. */
export const totals = {
  messages: count('collection:messages', { by: 'status' }),
  calls: count('collection:calls', { by: 'status' }),
  numbers: count('collection:numbers'),
}

export type TotalName = keyof typeof totals

/** What a tenant tells upwards: the books, its audit log and its name. Never its other state, which holds its token's digest. */
export const toldUp: ChangeFilter = {
  source: ['collection:messages', 'collection:calls', 'collection:numbers', 'collection:audit'],
}

const shown: Readonly<Record<string, readonly string[]>> = {
  'collection:messages': ['direction', 'status', 'failure', 'provider', 'segments', 'encoding'],
  'collection:calls': ['direction', 'status', 'provider', 'durationSeconds'],
  'collection:numbers': ['provider', 'status', 'label'],
  'collection:audit': ['who', 'what'],
}

/** How it went, never what was said, to whom, and which keys were pressed. */
export function withoutContent({ source, operation, key, before, after }: Change) {
  const fields = shown[source]
  if (fields === undefined) return undefined
  const kept = (value: unknown) =>
    value === undefined || value === null ? undefined : Object.fromEntries(fields.flatMap((name) => pick(value, name)))
  const sides = { before: kept(before), after: kept(after) }
  return {
    source,
    operation,
    key,
    ...(sides.before === undefined ? {} : { before: sides.before }),
    ...(sides.after === undefined ? {} : { after: sides.after }),
  }
}

function pick(value: object, name: string): [string, unknown][] {
  return Object.hasOwn(value, name) ? [[name, (value as Record<string, unknown>)[name]]] : []
}
