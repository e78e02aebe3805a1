import { type Change, type ChangeFilter, count, type JobOptions } from '@do/core/full'

/** After a crash, what was being told to the level above is looked for this soon: somebody is watching. */
export const promptJobs: JobOptions = { deadManMs: 2_000 }

/** What is counted at every level: at a tenant over its own books, at a SaaS over its tenants, at a business over all. */
export const totals = {
  messages: count('collection:messages', { by: 'status' }),
  calls: count('collection:calls', { by: 'status' }),
  numbers: count('collection:numbers'),
  payments: count('collection:payments', { by: 'status' }),
  answers: count('collection:answers', { by: 'status' }),
  actions: count('actions', { by: 'state' }),
}

export type TotalName = keyof typeof totals

/** Of each source, the fields that go up: how it went, never what was said, to whom, and which keys were pressed. */
const shown: Readonly<Record<string, readonly string[]>> = {
  'collection:messages': ['direction', 'status', 'failure', 'provider', 'segments', 'encoding'],
  'collection:calls': ['direction', 'status', 'provider', 'durationSeconds'],
  'collection:numbers': ['provider', 'status', 'label'],
  'collection:payments': ['status', 'failure', 'provider'],
  'collection:movements': ['kind', 'status', 'provider'],
  'collection:disputes': ['status', 'reason'],
  'collection:sellers': ['status', 'provider'],
  'collection:answers': ['operation', 'asked', 'provider', 'model', 'status', 'finish', 'microUsd', 'usage'],
  'collection:audit': ['who', 'what'],
  actions: ['name', 'state', 'attempts'],
  'schedules.runs': ['schedule', 'due', 'state', 'reason'],
}

/** What a tenant tells upwards: the books and what it does by itself. Never its state, which holds its token's digest. */
export const toldUp: ChangeFilter = { source: Object.keys(shown) }

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
