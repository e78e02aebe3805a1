import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readKeys } from '../../examples/phone-desk/keys.ts'
import { type Client, client, type List } from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import { type Bank, openBank } from './payout-bank.ts'

/** A tenant whose vendor cannot be asked what became of a payment. */
const dataFolder = mkdtempSync(join(tmpdir(), 'adyen-lost-'))
let bank: Bank
let desk: Workerd
let tenant: Client

beforeAll(async () => {
  bank = await openBank('adyen')
  const keys = readKeys(dataFolder)
  desk = await launchWorkerd({
    entry: fileURLToPath(new URL('./payout-worker.ts', import.meta.url)),
    objects: ['Tenant', 'SaaS', 'Business'],
    dataFolder,
    outbound: ['local'],
    env: { OPERATOR_TOKEN: keys.operatorToken, VAULT_KEYS: keys.vaultKeys, VENDOR_ORIGINS: bank.server.url },
  })
  const { token } = await client(() => desk.url, keys.operatorToken).ok<{ token: string }>('PUT', '/t/acme', { name: 'Acme' })
  tenant = client(() => `${desk.url}/t/acme`, token)
  const at = { attemptTimeout: 1_000, deadline: 2_000, instances: { adyen: { baseUrl: bank.server.url } } }
  await tenant.ok('PUT', '/config', { payments: { order: ['adyen'], ...at } })
  await tenant.ok('PUT', '/credentials/adyen', bank.credentials)
  bank.twin.connect(async (request) => {
    const { method, headers } = request
    return fetch(`${desk.url}/t/acme/hooks/payments/adyen`, { method, headers, body: await request.text() })
  })
}, 60_000)

afterAll(async () => {
  await desk?.stop()
  await bank?.server.close()
  rmSync(dataFolder, { recursive: true, force: true })
}, 30_000)

interface Payment {
  readonly id: string
  readonly status: string
  readonly handle?: string
}
const asked = () => bank.twin.requests().filter(({ operation }) => operation === 'payments.create').length
const taken = () => bank.twin.payments().filter(({ amount }) => amount === 2_590n)
const payments = async () => (await tenant.ok<List<Payment & { amount: { amount: string } }>>('GET', '/payments?limit=100')).items

const pay = (key: string) => {
  const body = {
    amount: { amount: '2590', currency: 'EUR' },
    method: `adyen:${bank.twin.methods.ok}`,
    returnUrl: 'https://shop.example.com/back',
  }
  return tenant.call<{ code: string }>('POST', '/payments', body, { 'idempotency-key': key })
}

/** Charges under this key; its answer does not come, nor that of any repetition. */
async function lost(key: string, when: 'before' | 'after'): Promise<string> {
  bank.twin.faults.next({ kind: 'cut', when }, { operation: 'payments.create' })
  bank.twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
  const answer = await pay(key)
  expect([answer.status, answer.body.code]).toEqual([504, 'outcome_unknown'])
  bank.twin.faults.clear()
  return encodeURIComponent(`payments.payments.create/${key}`)
}

it('a payment that never came there is not made by asking, but by who says that it is still wanted', async () => {
  const intent = await lost('order-1', 'before')
  const before = asked()
  expect(await tenant.ok('POST', `/intents/${intent}/resolve`)).toMatchObject({ effect: 'unknown' })
  expect([asked(), taken().length]).toEqual([before, 0])
  expect(await tenant.ok('POST', `/intents/${intent}/resolve`, { mayComplete: true })).toMatchObject({ effect: 'done' })
  expect(taken()).toHaveLength(1)
  expect((await payments()).map(({ status, handle }) => [status, handle])).toEqual([['captured', `adyen:${taken()[0]?.id}`]])
})

it('a payment whose answer is lost is known by its webhook, on its own record, without another request', async () => {
  bank.twin.holdWebhooks(true)
  const intent = await lost('order-2', 'after')
  const before = asked()
  expect(await tenant.ok('POST', `/intents/${intent}/resolve`)).toMatchObject({ effect: 'unknown' })
  await bank.twin.releaseWebhooks()
  const known = await until('it is known', payments, (all) => all.every(({ handle }) => handle !== undefined))
  expect(known).toHaveLength(2)
  expect(new Set(known.map(({ handle }) => handle))).toEqual(new Set(taken().map(({ id }) => `adyen:${id}`)))
  expect([asked(), taken().length]).toEqual([before, 2])
  expect((await tenant.ok<List<object>>('GET', '/intents?state=unresolved')).items).toEqual([])
})

it.each(['before', 'after'] as const)(
  'a payment whose process ended %s Adyen acted is still wanted, as nobody was told anything: it is made once',
  async (when) => {
    bank.twin.holdWebhooks(true)
    const [before, made] = [asked(), taken().length]
    bank.twin.faults.next({ kind: 'hang', when }, { operation: 'payments.create' })
    const call = pay(`killed-${when}`).catch(() => undefined)
    await until('it has left', asked, (now) => now > before)
    if (when === 'after') await until('it is made', taken, ({ length }) => length > made)
    await desk.kill()
    await call
    await desk.start()
    const known = await until('it is known', payments, (all) => all.every(({ handle }) => handle !== undefined), 40_000)
    expect([taken().length - made, known.length]).toEqual([1, taken().length])
  },
  60_000,
)
