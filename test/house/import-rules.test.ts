import { describe, expect, it } from 'vitest'
import { importRules } from '../../scripts/check/import-rules.mjs'
import { manifest, workspace } from './planted.ts'

const manifests = {
  'packages/provider/package.json': manifest('provider'),
  'packages/sms/package.json': manifest('sms', { peerDependencies: { '@do/provider': 'workspace:^' } }),
  'packages/core/package.json': manifest('core', { peerDependencies: { '@do/provider': 'workspace:^' } }),
  'packages/ledger/package.json': manifest('ledger'),
  'adapters/acme/package.json': manifest('acme', {
    dependencies: { 'acme-sdk': '1' },
    peerDependencies: { '@do/provider': 'workspace:^', '@do/sms': 'workspace:^' },
  }),
  'adapters/zenith/package.json': manifest('zenith'),
  'conformance/package.json': manifest('conformance', {
    peerDependencies: { '@do/provider': 'workspace:^', '@do/sms': 'workspace:^' },
  }),
  'fixtures/package.json': manifest('fixtures', {
    dependencies: { '@do/conformance': 'workspace:^' },
    peerDependencies: { '@do/provider': '*' },
  }),
  'objects/package.json': manifest('objects', { dependencies: { '@do/core': '*', '@do/twilio': '*' } }),
}

const found = (file: string, source: string) => importRules(workspace({ ...manifests, [file]: source }))

describe('import rules', () => {
  it.each([
    ['provider knows nobody', 'packages/provider/src/a.ts', "import { sms } from '@do/sms'"],
    ['an interface knows no other interface', 'packages/sms/src/a.ts', "import type { Core } from '@do/core'"],
    ['an adapter knows no other adapter', 'adapters/acme/src/a.ts', "import { zenithSms } from '@do/zenith'"],
    ['an adapter knows no twin', 'adapters/acme/src/a.ts', "export { acmeTwin } from '@do/fixtures/acme'"],
    ['conformance knows no adapter, not even its types', 'conformance/src/a.ts', "import type { A } from '@do/acme'"],
    ['nor by a type in passing', 'conformance/src/a.ts', "export type A = import('@do/acme').A"],
    ['nor on demand', 'conformance/src/a.ts', "export const a = () => import('@do/acme')"],
    ['conformance knows no twin', 'conformance/src/a.ts', "import { acmeTwin } from '@do/fixtures/acme'"],
    ['fixtures know the twin contract but no suite', 'fixtures/src/a.ts', "import { smsSuite } from '@do/conformance/sms'"],
    ['objects know no adapter', 'objects/src/a.ts', "import { acmeSms } from '@do/acme'"],
    ['core knows no interface', 'packages/core/src/a.ts', "import { sms } from '@do/sms'"],
    ['ledger knows nobody', 'packages/ledger/src/a.ts', "import { ProviderError } from '@do/provider'"],
  ])('%s', (_, file, source) => {
    expect(found(file, source)).toEqual([expect.stringMatching(new RegExp(`^${file}:1 may not know `))])
  })

  it.each([
    [
      'a relative import leaves the package',
      'packages/sms/src/a.ts',
      "import '../../provider/src/index.ts'",
      'leaves its package',
    ],
    ['a test leaves it', 'packages/sms/src/a.test.ts', "import '../../provider/src/index.ts'", 'leaves its package'],
    ['a file without its ending', 'packages/sms/src/a.ts', "import './b'", "needs the file's ending"],
    ['Node in an interface', 'packages/sms/src/a.ts', "import { createHash } from 'node:crypto'", 'may not use node:crypto'],
    ['Node in a twin', 'fixtures/src/acme/a.ts', "import { createServer } from 'node:http'", 'may not use node:http'],
    [
      'Cloudflare in an adapter',
      'adapters/acme/src/a.ts',
      "import { env } from 'cloudflare:workers'",
      'may not use cloudflare:workers',
    ],
    ['an undeclared dependency', 'packages/sms/src/a.ts', "import lodash from 'lodash'", 'neither a dependency nor a peer'],
    ['an undeclared type', 'packages/sms/src/a.ts', "import type { A } from 'lodash'", 'neither a dependency nor a peer'],
    ['its own name', 'packages/sms/src/a.ts', "import { sms } from '@do/sms'", 'imports its own package by name'],
    ['the SDK at once', 'adapters/acme/src/client.ts', "import acme from 'acme-sdk'", "loads the vendor's SDK"],
    ['the SDK elsewhere', 'adapters/acme/src/sms.ts', "export const a = () => import('acme-sdk')", "loads the vendor's SDK"],
  ])('finds %s', (_, file, source, words) => {
    expect(found(file, source)).toEqual([expect.stringContaining(words)])
  })

  it.each([
    ['adapters/acme/src/client.ts', "import type { A } from 'acme-sdk'\nexport const a = () => import('acme-sdk')"],
    ['adapters/acme/src/a.ts', "import { refuse } from '@do/provider'\nimport { type Sms, sms } from '@do/sms'\nimport './b.ts'"],
    ['adapters/acme/src/a.test.ts', "import { acmeTwin } from '@do/fixtures/acme'\nimport { sms } from '@do/conformance'"],
    ['fixtures/src/a.ts', "import { TwinCore } from '@do/conformance/kit'\nimport type { SmsTwin } from '@do/conformance'"],
    ['fixtures/src/server.ts', "import { createServer } from 'node:http'"],
    ['packages/core/src/object.ts', "import { DurableObject } from 'cloudflare:workers'"],
    ['packages/provider/src/engine/attempt.ts', "import { AsyncLocalStorage } from 'node:async_hooks'"],
    ['packages/sms/src/a.ts', '// import { acmeSms } from "@do/acme"\nexport const text = `import x from "@do/acme"`'],
  ])('allows what it should in %s', (file, source) => {
    expect(found(file, source)).toEqual([])
  })
})
