import { describe, expect, it } from 'vitest'
import {
  createVault,
  failover,
  memoryVaultStore,
  OutcomeUnknownError,
  ProviderError,
  systemClock,
  testClock,
  type VaultStore,
} from './index.ts'
import { checkTenantConfig } from './tenant-config.ts'
import { failure, office, postal, two } from './testing/post.ts'

const keys = `one:${'A'.repeat(43)}=`

describe('times', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, '5' as never])('that are %j are refused, naming the option', async (time) => {
    const { a, clock, wrapper } = two()
    expect(await failure(wrapper.send({ text: 'x' }, { deadline: time }))).toMatchObject({
      code: 'invalid_option',
      field: 'deadline',
      effect: 'none',
    })
    expect(a.requests()).toBe(0)
    expect(() => failover([postal('alpha', a, clock)], { attemptTimeout: time })).toThrow(/attemptTimeout/)
  })

  it('longer than setTimeout can count do not end at once', async () => {
    let fired = false
    const cancel = systemClock.timer(2 ** 40, () => (fired = true))
    const stop = new AbortController()
    const slept = systemClock.sleep(2 ** 40, stop.signal).then(
      () => 'woke',
      () => 'aborted',
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
    stop.abort()
    expect([fired, await slept]).toEqual([false, 'aborted'])
    cancel()
  })
})

describe('wrappers', () => {
  it('made by spreading are refused inside failover, which would pass them by', () => {
    const clock = testClock()
    const wrapped = { ...postal('alpha', office(clock), clock), send: () => Promise.reject(new Error('never')) }
    expect(() => failover([wrapped])).toThrow(/wrapped/)
    expect(() => failover([undefined as never])).toThrow(ProviderError)
  })

  it('have no client, and their type says so', () => {
    const clock = testClock()
    const wrapper = failover([postal('alpha', office(clock), clock)], { clock })
    // @ts-expect-error: the SDK object is at the members.
    expect(wrapper.client).toBeUndefined()
  })
})

describe('configuration from JSON', () => {
  it.each(['constructor', 'toString', '__proto__'])('with an interface "%s" is refused, naming it', async (name) => {
    const config = JSON.parse(`{"id":"acme","${name}":{"order":["alpha"]}}`) as object
    expect(await failure(checkTenantConfig(config, { sms: ['alpha'] }))).toMatchObject({ code: 'invalid_config', field: name })
  })

  it('may only point at http', async () => {
    const config = { id: 'acme', sms: { order: ['alpha'], instances: { alpha: { baseUrl: 'file:///etc' } } } }
    expect(await failure(checkTenantConfig(config, { sms: ['alpha'] }))).toMatchObject({
      code: 'invalid_config',
      field: 'sms.instances.alpha.baseUrl',
    })
  })
})

describe('the vault', () => {
  it('says what is wrong with keys that are missing or given twice, and with a record that is no record', async () => {
    const store = memoryVaultStore()
    for (const bad of [undefined as never, `${keys},${keys}`]) {
      expect(await failure(createVault({ store, keys: bad }))).toMatchObject({ code: 'vault_keys_invalid', field: 'keys' })
    }
    const vault = await createVault({ store, keys })
    for (const damaged of ['not json', '{"k":"one","iv":"%","data":""}', 'null']) {
      await store.put('credential/acme/alpha', damaged)
      expect(await failure(vault.get('acme', 'alpha'))).toMatchObject({ code: 'vault_record_damaged', effect: 'none' })
    }
  })

  it('does not put back, by a rotation, what was replaced meanwhile', async () => {
    const inner = memoryVaultStore()
    await (await createVault({ store: inner, keys })).put('acme', 'alpha', { token: 'old' })
    let replaced: Promise<void> | undefined
    const store: VaultStore = {
      ...inner,
      get: async (key) => {
        const text = await inner.get(key)
        // The new credential comes just after the rotation has read the old one.
        replaced ??= vault.put('acme', 'alpha', { token: 'new' })
        await new Promise((resolve) => setImmediate(resolve))
        return text
      },
    }
    const vault = await createVault({ store, keys: `two:${'B'.repeat(42)}A=,${keys}` })
    await vault.rotate()
    await replaced
    expect(await vault.get('acme', 'alpha')).toEqual({ token: 'new' })
  })
})

describe('OutcomeUnknownError', () => {
  it('stays one when fields are replaced, and is told from other errors', async () => {
    const error = new OutcomeUnknownError({ fault: 'network', code: 'outcome_unknown', message: 'm' }, 'k', async () => ({
      effect: 'none',
    }))
    const next = error.with({ operation: 'post.send' }) as OutcomeUnknownError
    expect(OutcomeUnknownError.is(error.with({ effect: 'none' }))).toBe(false)
    expect([next.operation, next.key, await next.resolve(), OutcomeUnknownError.is(next)]).toEqual([
      'post.send',
      'k',
      { effect: 'none' },
      true,
    ])
    expect(OutcomeUnknownError.is(new ProviderError({ effect: 'none', fault: 'caller', code: 'c', message: 'm' }))).toBe(false)
  })
})
