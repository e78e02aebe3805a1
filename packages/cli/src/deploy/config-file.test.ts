import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig, withPlan } from './config-file.ts'
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

  it('says where it cannot be read', () => {
    expect(() => file('broken.jsonc', '{\n  "name": "x"\n  "main": 1\n}')).toThrow(/broken\.jsonc:3 .*Correct it/)
    expect(() => file('list.jsonc', '[]')).toThrow(/is no object/)
    expect(() => readConfig(folder, join(folder, 'wrangler.toml'))).toThrow(/Convert it to wrangler\.jsonc/)
  })
})
