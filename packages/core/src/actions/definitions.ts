import { refuse } from '@do/provider'
import type { ActionDefinition, Concurrency } from './types.ts'

export interface Definitions {
  add(name: string, definition: ActionDefinition): void
  has(name: string): boolean
  get(name: string, version: number): ActionDefinition | undefined
  names(): readonly string[]
  /** The highest version. */
  newest(name: string): number | undefined
  /** Attempts at a time, of all versions together: what the newest says. */
  limit(name: string): number
}

export const maxTimeoutMs = 300_000

export function createDefinitions(): Definitions {
  const all = new Map<string, Map<number, ActionDefinition>>()
  const newest = (name: string) => {
    const versions = all.get(name)
    return versions === undefined ? undefined : Math.max(...versions.keys())
  }
  return {
    has: (name) => all.has(name),
    get: (name, version) => all.get(name)?.get(version),
    names: () => [...all.keys()],
    newest,
    limit: (name) => {
      const definition = all.get(name)?.get(newest(name) ?? 1)
      return definition === undefined ? 0 : (concurrencyOf(definition).limit ?? 10)
    },
    add: (name, definition) => {
      const { version = 1, timeoutMs, totalMs, retries } = definition
      if (typeof name !== 'string' || name === '' || name.length > 300) {
        throw refuse('invalid_action', 'The name of an action has 1 to 300 characters.', { field: 'name' })
      }
      if (typeof definition.run !== 'function') {
        throw refuse('invalid_action', `The action "${name}" has no run function. Give it one.`, { field: 'run' })
      }
      checkWhole(version, 'version', 2 ** 31)
      checkWhole(timeoutMs, 'timeoutMs', maxTimeoutMs)
      checkWhole(totalMs, 'totalMs')
      checkRetries(retries)
      const { limit, perKey } = concurrencyOf(definition)
      checkWhole(limit, 'concurrency.limit')
      checkWhole(perKey, 'concurrency.perKey')
      const versions = all.get(name) ?? new Map<number, ActionDefinition>()
      if (versions.has(version)) {
        throw refuse('already_defined', `Version ${version} of the action "${name}" is defined already. Count it up.`)
      }
      all.set(name, versions.set(version, definition))
    },
  }
}

export function concurrencyOf({ concurrency = {} }: ActionDefinition): Concurrency<unknown> {
  return typeof concurrency === 'number' ? { limit: concurrency } : concurrency
}

/** @throws ProviderError `invalid_option` unless it is absent or a whole number from 1. */
export function checkWhole(value: number | undefined, field: string, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return
  const range = most === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${most}`
  throw refuse('invalid_option', `"${field}" is a whole number ${range}.`, { field })
}

export function checkRetries(retries: ActionDefinition['retries']): void {
  checkWhole(retries?.attempts, 'retries.attempts', 1_000)
  checkWhole(retries?.backoffMs, 'retries.backoffMs')
  checkWhole(retries?.maxBackoffMs, 'retries.maxBackoffMs')
}
