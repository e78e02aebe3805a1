import { refuse } from '@do/provider'
import { currentCall } from '../kernel/call-context.ts'
import type { Kernel } from '../kernel/types.ts'
import { encodeJson, sameJson } from '../storage/json.ts'
import { limitOf } from '../storage/paging.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import { checkSetting } from './check.ts'
import { evaluateFlag } from './evaluate.ts'
import type { Evaluation, Exposure, Flag, FlagChange, FlagDefinition, FlagSetting, Flags, Subject } from './types.ts'

const ddl = `CREATE TABLE IF NOT EXISTS do_flags (
  name TEXT PRIMARY KEY, setting TEXT NOT NULL, version INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS do_flag_changes (
  flag TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT, note TEXT, before TEXT, after TEXT NOT NULL,
  PRIMARY KEY (flag, version)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS do_flag_exposures (
  flag TEXT NOT NULL, day TEXT NOT NULL, value TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (flag, day, value)) STRICT, WITHOUT ROWID`

const kept = 1_000
const keptDays = 90

const untouched: FlagSetting = { enabled: true, rules: [], prerequisites: [] }

/**
 * Flags that are defined in code and set in data.
 * @throws ProviderError `invalid_flag` for a default that is not among the variants.
 */
export function createFlags<const Definitions extends Readonly<Record<string, FlagDefinition>>>(
  kernel: Kernel,
  definitions: Definitions,
): Flags<Definitions> {
  const { storage } = kernel
  for (const [name, { default: value, variants = [true, false] }] of Object.entries(definitions)) {
    if (!variants.some((variant) => sameJson(variant, value)))
      throw refuse('invalid_flag', `The default of the flag "${name}" is not among its variants.`, { field: name })
  }

  const stored = (name: string) =>
    hasTable(storage, 'do_flags')
      ? first<{ setting: string; version: number; updated_at: number }>(storage, 'SELECT * FROM do_flags WHERE name = ?', name)
      : undefined
  const find = (name: string): Flag | undefined => {
    if (!Object.hasOwn(definitions, name)) return undefined
    const { default: value, variants = [true, false], description } = definitions[name] as FlagDefinition
    const row = stored(name)
    return {
      name,
      default: value,
      variants,
      ...(description === undefined ? {} : { description }),
      ...untouched,
      ...(row === undefined ? {} : (JSON.parse(row.setting) as FlagSetting)),
      version: row?.version ?? 0,
      updatedAt: row?.updated_at ?? null,
    }
  }
  const needed = (name: string): Flag => {
    const flag = find(name)
    if (flag !== undefined) return flag
    throw refuse('unknown_flag', `There is no flag "${String(name).slice(0, 100)}". Define it where createFlags is called.`, {
      field: 'name',
    })
  }
  const evaluate = (name: string, subject: Subject = {}): Evaluation =>
    evaluateFlag(needed(name), subject, kernel.clock().now(), find)

  const count = (name: string, { value }: Evaluation): void => {
    const now = kernel.clock().now()
    const day = new Date(now).toISOString().slice(0, 10)
    const text = encodeJson(value, `The value of "${name}"`)
    kernel.transaction(() => {
      kernel.exists()
      ensure(storage, ddl)
      const add = 'INSERT INTO do_flag_exposures VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count'
      const { count: after } = first<{ count: number }>(storage, add, name, day, text) as { count: number }
      const known = after === 1 ? {} : { before: JSON.stringify({ count: after - 1 }) }
      const operation = after === 1 ? 'create' : 'update'
      kernel.mutated({
        source: 'flags.exposures',
        operation,
        key: `${name}/${day}/${text}`,
        ...known,
        after: JSON.stringify({ count: after }),
      })
      // Once a day for each value is often enough.
      if (after > 1) return
      const oldest = new Date(now - keptDays * 86_400_000).toISOString().slice(0, 10)
      run(storage, 'DELETE FROM do_flag_exposures WHERE flag = ? AND day < ?', name, oldest)
    })
  }

  const set = (
    name: string,
    change: Partial<FlagSetting>,
    { by, note, version }: { readonly by?: string; readonly note?: string; readonly version?: number } = {},
  ): Flag => {
    const flag = needed(name)
    const { enabled, rules, prerequisites } = flag
    const next = checkSetting(flag, { enabled, rules, prerequisites, ...change }, find)
    const after = encodeJson(next, `The flag "${name}"`, 65_536)
    return kernel.transaction(() => {
      const row = stored(name)
      if (version !== undefined && version !== (row?.version ?? 0)) {
        throw refuse(
          'version_conflict',
          `The flag "${name}" is at version ${row?.version ?? 0}, not ${version}. Read it again.`,
          {
            field: 'version',
          },
        )
      }
      kernel.exists()
      ensure(storage, ddl)
      const now = kernel.clock().now()
      const number = (row?.version ?? 0) + 1
      run(storage, 'INSERT OR REPLACE INTO do_flags VALUES (?, ?, ?, ?)', name, after, number, now)
      const who = by ?? currentCall()?.principal ?? null
      const before = row?.setting ?? null
      run(
        storage,
        'INSERT INTO do_flag_changes VALUES (?, ?, ?, ?, ?, ?, ?)',
        name,
        number,
        now,
        who,
        note ?? null,
        before,
        after,
      )
      run(storage, 'DELETE FROM do_flag_changes WHERE flag = ? AND version <= ?', name, number - kept)
      const operation = before === null ? 'create' : 'update'
      kernel.mutated({ source: 'flags', operation, key: name, ...(before === null ? {} : { before }), after })
      return find(name) as Flag
    })
  }

  const room: Flags<Readonly<Record<string, FlagDefinition>>> = {
    evaluate,
    get: (name: string, subject?: Subject) => evaluate(name, subject).value,
    expose: (name: string, subject?: Subject) => {
      const found = evaluate(name, subject)
      count(name, found)
      return found
    },
    set,
    kill: (name: string, options?: { readonly by?: string; readonly note?: string }) => set(name, { enabled: false }, options),
    list: () => Object.keys(definitions).map(needed),
    history: (name: string, limit?: number): FlagChange[] => {
      needed(name)
      if (!hasTable(storage, 'do_flags')) return []
      const query = 'SELECT * FROM do_flag_changes WHERE flag = ? ORDER BY version DESC LIMIT ?'
      return rows<Record<string, string>>(storage, query, name, limitOf(limit)).map(({ actor, before, after, ...row }) => ({
        ...(row as unknown as Pick<FlagChange, 'flag' | 'version' | 'at' | 'note'>),
        by: actor ?? null,
        before: typeof before === 'string' ? JSON.parse(before) : null,
        after: JSON.parse(after as string),
      }))
    },
    exposures: (name: string): Exposure[] => {
      needed(name)
      if (!hasTable(storage, 'do_flag_exposures')) return []
      const query = 'SELECT * FROM do_flag_exposures WHERE flag = ? ORDER BY day, value'
      return rows<{ flag: string; day: string; value: string; count: number }>(storage, query, name).map((row) => ({
        ...row,
        value: JSON.parse(row.value),
      }))
    },
  }
  return room as Flags<Definitions>
}
