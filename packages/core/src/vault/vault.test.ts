import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keys, type Server, startServer } from '../oauth/test/harness.ts'
import { until } from '../test/harness.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

function objectCalled(name: string) {
  return {
    vault: (method: string, ...args: unknown[]) => server.call(name, 'vault', method, ...args),
    self: (method: string, ...args: unknown[]) => server.call(name, undefined, method, ...args),
  }
}
const secret = { apiKey: 'sk-very-secret-4711', nested: ['also-hidden'] }

it('keeps versions, names without values, and who asked', async () => {
  const { vault, self } = objectCalled('basic')
  expect(await vault('put', 'stripe', secret, { by: 'ada' })).toMatchObject({ name: 'stripe', version: 1, versions: [1] })
  expect(await vault('put', 'stripe', 'second')).toMatchObject({ version: 2, versions: [1, 2] })
  await vault('put', 'twilio', null)
  expect(await vault('get', 'stripe', { by: 'billing' })).toBe('second')
  expect(await vault('get', 'stripe', { version: 1 })).toEqual(secret)
  expect(await vault('get', 'stripe', { version: 7 })).toMatchObject({ code: 'secret_not_found' })
  expect(await vault('list')).toMatchObject([
    { name: 'stripe', version: 2 },
    { name: 'twilio', version: 1 },
  ])
  expect(JSON.stringify(await vault('list'))).not.toContain('second')
  expect(await vault('delete', 'stripe', { version: 2 })).toBe(true)
  expect(await vault('get', 'stripe')).toEqual(secret)
  expect(await vault('put', 'stripe', 'third')).toMatchObject({ version: 3, versions: [1, 3] })
  expect(await vault('delete', 'stripe')).toBe(true)
  expect(await vault('delete', 'stripe')).toBe(false)
  expect(await vault('get', 'stripe')).toMatchObject({ code: 'secret_not_found', status: 502 })
  expect(await vault('audit', { name: 'stripe', limit: 3 })).toMatchObject([
    { action: 'get', outcome: 'secret_not_found' },
    { action: 'delete', version: 3, outcome: 'ok' },
    { action: 'delete', version: 1, outcome: 'ok' },
  ])
  expect((await vault('audit', { name: 'stripe' })).at(-1)).toMatchObject({ action: 'put', version: 1, by: 'ada' })
  // Neither plain nor sealed where others look: change capture, errors, log; and nothing plain on disk.
  const told = JSON.stringify(await self('heard'))
  const dump = await self('dump')
  const log = readFileSync(server.workerd.logFile, 'utf8')
  expect(told).toContain('"redacted\\":true')
  for (const word of ['sk-very-secret-4711', 'also-hidden', 'apiKey', 'sealed', '\\"iv\\"'])
    expect(told + log).not.toContain(word)
  for (const word of ['sk-very-secret-4711', 'also-hidden']) expect(dump).not.toContain(word)
})

it('ten writers of one name at once give ten versions', async () => {
  const { vault } = objectCalled('race')
  const infos = await Promise.all(Array.from({ length: 10 }, (_, index) => vault('put', 'one', index)))
  expect(new Set(infos.map(({ version }) => version)).size + (await vault('info', 'one')).versions.length).toBeGreaterThanOrEqual(
    11,
  )
  expect((await vault('info', 'one')).versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

it('expires, and refuses what cannot be kept', async () => {
  const { vault, self } = objectCalled('expiry')
  const now = Date.now()
  await self('setTime', now)
  await vault('put', 'short', 'x', { expiresAt: now + 1_000 })
  expect(await vault('get', 'short')).toBe('x')
  await self('setTime', now + 1_000)
  expect(await vault('get', 'short')).toMatchObject({ code: 'secret_expired' })
  expect(await vault('put', 'late', 'x', { expiresAt: now })).toMatchObject({ code: 'invalid_time' })
  expect(await vault('put', '', 'x')).toMatchObject({ code: 'invalid_key' })
  const large = await vault('put', 'large', `hidden-${'x'.repeat(70_000)}`)
  expect(large).toMatchObject({ code: 'too_large' })
  expect(JSON.stringify(large)).not.toContain('hidden')
  expect(await vault('info', 'large')).toBeNull()
})

it('rotates to a new key by a job that goes on after a kill; damaged records hold up no other', { timeout: 30_000 }, async () => {
  const { vault, self } = objectCalled('rotate')
  await self('fill', 300)
  await vault('put', 'broken', 'never again')
  await self('damage', 'broken')
  expect(await vault('rotation')).toMatchObject({ key: 'old', total: 301, remaining: 0, running: false })
  await server.restart({ VAULT_KEYS: `${keys.new},${keys.old}` })
  expect(await vault('get', 'many/7')).toBe('value 7')
  expect(await vault('rotate')).toMatchObject({ key: 'new', remaining: 301, running: true })
  // In the middle, where the machine lets us.
  await until(
    () => vault('rotation'),
    ({ remaining }) => remaining < 301,
  )
  await server.restart()
  await until(
    () => vault('rotation'),
    ({ running }) => !running,
  )
  expect(await vault('rotation')).toEqual({
    key: 'new',
    total: 301,
    remaining: 0,
    damaged: [{ name: 'broken', version: 1 }],
    running: false,
  })
  // The old key may go: nothing needs it, and what is still damaged says so.
  await server.restart({ VAULT_KEYS: keys.new })
  for (const index of [0, 150, 299]) expect(await vault('get', `many/${index}`)).toBe(`value ${index}`)
  expect((await vault('get', 'broken')).code).toMatch(/vault_(record_damaged|key_missing)/)
  await server.restart({ VAULT_KEYS: keys.old })
  expect(await vault('get', 'many/0')).toMatchObject({ code: 'vault_key_missing' })
  await server.restart({ VAULT_KEYS: 'nonsense' })
  expect(await vault('put', 'many/0', 'x')).toMatchObject({ code: 'vault_keys_invalid' })
})
