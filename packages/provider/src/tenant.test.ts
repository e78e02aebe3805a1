import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import {
  create,
  createProvider,
  createVault,
  type Driver,
  defineInterface,
  defineProviders,
  fields,
  memoryVaultStore,
  ProviderError,
  testClock,
} from './index.ts'

const ping = defineInterface('ping', {
  capabilities: {},
  operations: { send: create({ title: 'Ping', input: z.object({ to: z.string() }), output: z.object({ id: fields.handle }) }) },
  event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
})

const log: string[] = []

function pinger(vendor: string) {
  return (options: { token: string; name?: string; senders?: readonly string[]; baseUrl?: string }) => {
    const driver: Driver<typeof ping, string> = {
      descriptor: {
        vendor,
        docs: 'https://example.com',
        capabilities: {},
        limits: {},
        operations: { send: { class: 'opaque' } },
      },
      client: async () => vendor,
      errors: {},
      fault: () => ({}),
      operations: {
        send: async ({ to }, context) => {
          log.push(`${vendor} ${options.token} ${to}`)
          return { id: context.handle('1') }
        },
      },
      webhooks: { recognises: () => false, receive: async () => [] },
    }
    return createProvider(ping, driver, { ...options, defaultBaseUrl: 'https://example.com' })
  }
}

const providers = defineProviders({ ping: { alpha: pinger('alpha'), beta: pinger('beta') } })
const keyOne = `one:${'A'.repeat(43)}=`
const keyTwo = `two:${'B'.repeat(42)}A=`

async function vaultWith(entries: Record<string, string>) {
  const vault = await createVault({ store: memoryVaultStore(), keys: keyOne })
  for (const [place, token] of Object.entries(entries)) {
    const [tenant, instance] = place.split('/') as [string, string]
    await vault.put(tenant, instance, { token })
  }
  return vault
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (ProviderError.is(error) ? `${error.code} ${error.field}` : String(error)),
  )

describe('tenants', () => {
  it('gives each tenant its own order and credentials', async () => {
    log.length = 0
    const credentials = await vaultWith({ 'acme/alpha': 'a-acme', 'acme/beta': 'b-acme', 'globex/beta': 'b-globex' })
    const acme = await providers.forTenant({ id: 'acme', ping: { order: ['alpha', 'beta'] }, credentials })
    const globex = await providers.forTenant({ id: 'globex', ping: { order: ['beta'] }, credentials })
    expect((await acme.ping.send({ to: 'x' })).id).toBe('alpha:1')
    expect((await globex.ping.send({ to: 'y' })).id).toBe('beta:1')
    expect(log).toEqual(['alpha a-acme x', 'beta b-globex y'])
  })

  it('uses one vendor twice under two names', async () => {
    log.length = 0
    const credentials = await vaultWith({ 'acme/alpha-eu': 'eu' })
    const acme = await providers.forTenant({
      id: 'acme',
      ping: { order: ['alpha-eu'], instances: { 'alpha-eu': { vendor: 'alpha', region: 'eu' } }, regions: ['eu'] },
      credentials,
    })
    expect((await acme.ping.send({ to: 'x' })).id).toBe('alpha-eu:1')
    expect(log).toEqual(['alpha eu x'])
  })

  it.each([
    ['an unknown vendor', { ping: { order: ['gamma'] } }, 'invalid_config ping.order.0'],
    ['an empty order', { ping: { order: [] } }, 'invalid_config ping.order'],
    ['a name twice', { ping: { order: ['alpha', 'alpha'] } }, 'invalid_config ping.order.1'],
    ['an unknown interface', { pong: { order: ['alpha'] } }, 'invalid_config pong'],
    ['an unknown setting', { ping: { order: ['alpha'], colour: 'red' } }, 'invalid_config ping'],
    ['a weight for nobody', { ping: { order: ['alpha'], weights: { beta: 1 } } }, 'invalid_config ping.weights.beta'],
    ['a forbidden region', { ping: { order: ['alpha'], regions: ['eu'] } }, 'invalid_config ping.order.0'],
    ['a negative deadline', { ping: { order: ['alpha'], deadline: -1 } }, 'invalid_config ping.deadline'],
    ['too many retries', { ping: { order: ['alpha'], retries: 11 } }, 'invalid_config ping.retries'],
    ['a way to commit that is none', { ping: { order: ['alpha'], commit: 'half' } }, 'invalid_config ping.commit'],
    ['a time that is none', { ping: { order: ['alpha'], times: { idle: 0 } } }, 'invalid_config ping.times.idle'],
    ['a missing credential', { ping: { order: ['alpha', 'beta'] } }, 'credential_missing credentials.beta'],
  ])('refuses %s, naming the field', async (_, config, expected) => {
    const credentials = await vaultWith({ 'acme/alpha': 'a' })
    expect(await code(providers.forTenant({ id: 'acme', ...(config as object), credentials }))).toBe(expected)
  })

  it('says which interface a tenant lacks', async () => {
    const tenant = await providers.forTenant({ id: 'acme', credentials: await vaultWith({}) })
    expect(() => tenant.ping).toThrow(/no provider for ping/)
  })

  it('bounds what a tenant makes in a minute', async () => {
    const clock = testClock()
    const credentials = await vaultWith({ 'acme/alpha': 'a' })
    const acme = await providers.forTenant({ id: 'acme', ping: { order: ['alpha'], perMinute: 2 } }, { credentials, clock })
    await acme.ping.send({ to: '1' })
    await acme.ping.send({ to: '2' })
    await expect(acme.ping.send({ to: '3' })).rejects.toMatchObject({
      code: 'tenant_limit',
      retryAfterMs: 30_000,
      effect: 'none',
    })
    clock.advance(30_000)
    await acme.ping.send({ to: '3' })
  })
})

describe('vault', () => {
  it('keeps nothing readable at rest and opens only for the same tenant', async () => {
    const store = memoryVaultStore()
    const vault = await createVault({ store, keys: keyOne })
    await vault.put('acme', 'alpha', { token: 'very-secret' })
    const [key] = await store.keys('')
    const sealed = (await store.get(key as string)) as string
    expect(sealed).not.toContain('very-secret')
    expect(await vault.get('acme', 'alpha')).toEqual({ token: 'very-secret' })
    expect(await vault.instances('acme')).toEqual(['alpha'])
    await store.put('credential/globex/alpha', sealed)
    expect(await code(vault.get('globex', 'alpha'))).toBe('vault_record_damaged undefined')
  })

  it('rotates to a new key, after which the old one may go', async () => {
    const store = memoryVaultStore()
    await (await createVault({ store, keys: keyOne })).put('acme', 'alpha', { token: 't' })
    expect(await code((await createVault({ store, keys: keyTwo })).get('acme', 'alpha'))).toBe('vault_key_missing undefined')
    expect(await (await createVault({ store, keys: `${keyTwo},${keyOne}` })).rotate()).toBe(1)
    expect(await (await createVault({ store, keys: keyTwo })).get('acme', 'alpha')).toEqual({ token: 't' })
  })

  it('refuses unreadable keys', async () => {
    expect(await code(createVault({ store: memoryVaultStore(), keys: 'short' }))).toBe('vault_keys_invalid keys')
  })
})
