import { describe, expect, it } from 'vitest'
import { packageShape } from '../../scripts/check/package-shape.mjs'
import { outOfStep, sync } from '../../scripts/house/sync.mjs'
import { manifest, workspace } from './planted.ts'

const readme = `# Acme\n\n${'Sends messages through Acme. '.repeat(10)}`
const about = { description: 'Acme.', keywords: ['acme'] }
const row = {
  code: 'unauthorized',
  effect: 'none',
  fault: 'credential',
  message: 'Replace the key.',
  see: 'https://acme.example/errors',
}
const table = (count: number, change: object = {}) =>
  `export const errors = ${JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`E${i}`, i === 0 ? { ...row, ...change } : row])))}`

const whole = {
  'packages/provider/package.json': manifest('provider', about),
  'packages/provider/README.md': readme,
  'packages/provider/src/a.test.ts': '',
  'packages/sms/package.json': manifest('sms', { ...about, peerDependencies: { '@do/provider': 'workspace:^' } }),
  'packages/sms/README.md': readme,
  'packages/sms/src/a.test.ts': '',
  'packages/sms/src/interface.ts': '',
  'packages/sms/src/index.ts': 'export const sms = {}\nexport interface Sms {}',
  'adapters/acme/package.json': manifest('acme', { ...about, peerDependencies: { '@do/sms': 'workspace:^' } }),
  'adapters/acme/README.md': readme,
  'adapters/acme/src/index.ts': 'export function acmeSms() {}',
  'adapters/acme/src/client.ts': '',
  'adapters/acme/src/webhooks.ts': '',
  'adapters/acme/src/descriptor.ts': '',
  'adapters/acme/src/errors.ts': table(25),
  'adapters/acme/src/sms.test.ts': '',
}
type Files = Record<string, string | object>
const without = (path: string): Files => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== path))

describe('package shape', () => {
  it('is content with a whole adapter', async () => {
    expect(await packageShape(workspace(whole))).toEqual([])
  })

  it.each([
    ['adapters/acme/src/client.ts', 'adapters/acme: has no src/client.ts.'],
    ['adapters/acme/src/webhooks.ts', 'adapters/acme: has no src/webhooks.ts.'],
    ['adapters/acme/src/descriptor.ts', 'adapters/acme: has no src/descriptor.ts.'],
    ['adapters/acme/src/errors.ts', 'adapters/acme: has no src/errors.ts.'],
    ['adapters/acme/README.md', 'adapters/acme: has no README.md.'],
    ['adapters/acme/src/sms.test.ts', 'adapters/acme: has no tests beside its sources.'],
    ['packages/sms/src/interface.ts', 'packages/sms: has no src/interface.ts: the description and types of the interface.'],
  ])('misses %s', async (path, problem) => {
    expect(await packageShape(workspace(without(path)))).toEqual([problem])
  })

  it.each<[string, Files, string]>([
    [
      'a factory under another name',
      { 'adapters/acme/src/index.ts': 'export function createAcme() {}' },
      'does not export `acmeSms`',
    ],
    ['a factory that is only a type', { 'adapters/acme/src/index.ts': 'export type acmeSms = 1' }, 'does not export `acmeSms`'],
    ['an error without its page', { 'adapters/acme/src/errors.ts': table(25, { see: undefined }) }, 'error E0 has no `see`'],
    [
      'an error with a page that is none',
      { 'adapters/acme/src/errors.ts': table(25, { see: 'see docs' }) },
      'error E0 has no `see`',
    ],
    ['an error without effect', { 'adapters/acme/src/errors.ts': table(25, { effect: 'maybe' }) }, 'error E0 has no effect'],
    ['a thin table', { 'adapters/acme/src/errors.ts': table(24) }, 'has 24 rows'],
    ['no table', { 'adapters/acme/src/errors.ts': 'export const a = 1' }, 'exports no table'],
    ['an interface without its description', { 'packages/sms/src/index.ts': 'export interface Sms {}' }, 'description as `sms`'],
    ['an interface without its type', { 'packages/sms/src/index.ts': 'export const sms = {}' }, 'the type `Sms`'],
    ['an endless file', { 'packages/sms/src/long.ts': '\n'.repeat(401) }, 'src/long.ts has 401 lines'],
    ['an empty README', { 'adapters/acme/README.md': '# Acme' }, 'README.md that says nothing'],
    ['no keywords', { 'packages/provider/package.json': manifest('provider', { description: 'x' }) }, 'has no keywords'],
  ])('finds %s', async (_, change, problem) => {
    expect(await packageShape(workspace({ ...whole, ...change }))).toEqual([expect.stringContaining(problem)])
  })
})

describe('manifests', () => {
  it('are in step after a sync, and out of step after any change', () => {
    const root = workspace(whole)
    expect(sync(root)).toHaveLength(7)
    expect(outOfStep(root)).toEqual([])
  })

  it('make the kernel and interfaces peers, so that an application holds one copy', () => {
    const root = workspace({
      ...whole,
      'adapters/acme/package.json': manifest('acme', { dependencies: { '@do/sms': '1', 'acme-sdk': '1' } }),
    })
    const wanted = outOfStep(root).find(({ path }) => path.endsWith('acme/package.json'))?.wanted
    expect(wanted).toMatchObject({
      peerDependencies: { '@do/sms': 'workspace:^' },
      devDependencies: { '@do/sms': 'workspace:^' },
      dependencies: { 'acme-sdk': '1' },
      sideEffects: false,
      publishConfig: { exports: { '.': { types: './dist/index.d.ts', workerd: './dist/index.js', default: './dist/index.js' } } },
    })
    expect(wanted).not.toHaveProperty(['dependencies', '@do/sms'])
  })

  it('let a build project refer to exactly the packages it depends on', () => {
    const projects = Object.fromEntries(
      outOfStep(workspace(whole)).map(({ path, wanted }) => [path.split('/').slice(-3).join('/'), wanted]),
    )
    expect(projects['adapters/acme/tsconfig.build.json']).toMatchObject({
      references: [{ path: '../../packages/sms/tsconfig.build.json' }],
    })
    expect(projects['packages/provider/tsconfig.build.json']).toMatchObject({ references: [] })
  })
})
