import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig, withPlan } from './config-file.ts'
import { planAll } from './environments.ts'
import { planDeployment } from './plan.ts'

let folder: string
const first = { name: 'shop', main: 'src/worker.ts' }
const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return readConfig(folder, path)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dobj-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the configuration file', () => {
  it('is made whole when there is none', () => {
    const none = readConfig(folder)
    const text = withPlan(none, planDeployment(['Customer'], none.config), first)
    expect(JSON.parse(text)).toEqual({
      name: 'shop',
      main: 'src/worker.ts',
      compatibility_date: '2026-11-01',
      durable_objects: { bindings: [{ name: 'Customer', class_name: 'Customer' }] },
      migrations: [{ tag: 'v1', new_sqlite_classes: ['Customer'] }],
    })
  })

  it('keeps comments, own settings and the history as they are written', () => {
    const before = `{
  // the shop
  "name": "other",   /* kept */
  "vars": { "A": "1" },
  "migrations": [
    { "tag": "v1", "new_sqlite_classes": ["Customer"] }, // the first
  ],
}
`
    const config = file('kept.jsonc', before)
    const text = withPlan(config, planDeployment(['Customer', 'Order'], config.config), first)
    for (const part of [
      '// the shop',
      '/* kept */',
      '"vars": { "A": "1" }',
      '{ "tag": "v1", "new_sqlite_classes": ["Customer"] }',
      '// the first',
    ])
      expect(text).toContain(part)
    const again = file('again.jsonc', text)
    expect(again.config.migrations?.map(({ tag }) => tag)).toEqual(['v1', 'v2'])
    expect(again.config.name).toBe('other')
    // Running it twice changes nothing.
    expect(withPlan(again, planDeployment(['Customer', 'Order'], again.config), first)).toBe(text)
  })

  it('keeps comments between the bindings, whether one is added or renamed', () => {
    const before = `{
  "durable_objects": {
    "bindings": [
      // of another worker
      { "name": "MAIL", "class_name": "Mail", "script_name": "mail" },
      { "name": "Customer", "class_name": "Customer" }, // ours
    ],
  },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Customer"] }],
}
`
    const config = file('bindings.jsonc', before)
    const added = file('added.jsonc', withPlan(config, planDeployment(['Customer', 'Order'], config.config), first))
    const renamed = withPlan(added, planDeployment(['Client', 'Order'], added.config, { rename: { Customer: 'Client' } }), first)
    for (const text of [added.text, renamed]) {
      expect(text).toContain('// of another worker')
      expect(text).toContain('// ours')
    }
    expect(file('renamed.jsonc', renamed).config.durable_objects?.bindings).toEqual([
      { name: 'MAIL', class_name: 'Mail', script_name: 'mail' },
      { name: 'Client', class_name: 'Client' },
      { name: 'Order', class_name: 'Order' },
    ])
  })

  it('has the bindings in every environment, which inherit none, and leaves what is written of them', () => {
    const before = `{
  "name": "shop",
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Customer"] }],
  "durable_objects": { "bindings": [{ "name": "Customer", "class_name": "Customer" }] },
  "env": {
    // tried by the office
    "staging": {
      // of its own
      "vars": { "A": "1" },
    },
    "production": {
      "durable_objects": {
        "bindings": [
          // the mailer of production
          { "name": "MAIL", "class_name": "Mail", "script_name": "mail" },
          { "name": "SHOPPERS", "class_name": "Customer" }, // named by hand
        ],
      },
    },
  },
}
`
    const config = file('env.jsonc', before)
    const plan = planAll(['Customer', 'Order'], config.config)
    expect(plan.changes).toEqual([
      'new class Order, with a SQLite database for each object',
      'new binding Order',
      'env.staging: new binding Customer',
      'env.staging: new binding Order',
      'env.production: new binding Order',
    ])
    const text = withPlan(config, plan, first)
    for (const part of [
      '// tried by the office',
      '// of its own',

      '// the mailer of production',
      '// named by hand',
    ])
      expect(text).toContain(part)
    const written = file('env-written.jsonc', text)
    const both = ['Customer', 'Order'].map((name) => ({ name, class_name: name }))
    expect(written.config.env).toEqual({
      staging: { vars: { A: '1' }, durable_objects: { bindings: both } },
      production: {
        durable_objects: {
          bindings: [
            { name: 'MAIL', class_name: 'Mail', script_name: 'mail' },
            { name: 'SHOPPERS', class_name: 'Customer' },
            { name: 'Order', class_name: 'Order' },
          ],
        },
      },
    })
    // The history is one, and wrangler lets environments inherit it.
    expect(written.config.migrations?.map(({ tag }) => tag)).toEqual(['v1', 'v2'])
    const again = planAll(['Customer', 'Order'], written.config)
    expect(again.changes).toEqual([])
    expect(withPlan(written, again, first)).toBe(text)
  })

  it('goes on with the history that an environment has of its own', () => {
    const before = {
      migrations: [{ tag: 'v1', new_sqlite_classes: ['Client'] }],
      env: {
        old: { migrations: [{ tag: 'o1', new_sqlite_classes: ['Customer', 'Gone'] }] },
        fresh: { migrations: [] },
      },
    }
    const config = file('own-history.jsonc', JSON.stringify(before))
    const plan = planAll(['Client'], config.config, { rename: { Customer: 'Client' }, remove: ['Gone'] })
    const { config: written } = file('own-history-written.jsonc', withPlan(config, plan, first))
    expect(written.migrations).toEqual(before.migrations)
    expect(written.env?.old?.migrations).toEqual([
      before.env.old.migrations[0],
      { tag: 'v2', renamed_classes: [{ from: 'Customer', to: 'Client' }], deleted_classes: ['Gone'] },
    ])
    expect(written.env?.fresh?.migrations).toEqual([{ tag: 'v1', new_sqlite_classes: ['Client'] }])
    // What no history knows is still a mistake, and what one of them still has must be said.
    expect(() => planAll(['Client'], config.config, { rename: { Nobody: 'Client' } })).toThrow(/no deployed class Nobody/)
    expect(() => planAll(['Client'], config.config)).toThrow(/env\.old: .*Customer, Gone/)
  })

  it('says where it cannot be read', () => {
    expect(() => file('broken.jsonc', '{\n  "name": "x"\n  "main": 1\n}')).toThrow(/broken\.jsonc:3 .*Correct it/)
    expect(() => file('list.jsonc', '[]')).toThrow(/is no object/)
    expect(() => readConfig(folder, join(folder, 'wrangler.toml'))).toThrow(/Convert it to wrangler\.jsonc/)
  })
})
