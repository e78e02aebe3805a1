import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readKeys } from '../../examples/phone-desk/keys.ts'
import { type Client, client, type List } from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import { type Bank, openBank, places, type VendorName } from './payout-bank.ts'

/** Pauses between the answer of the balance and the end of the process, in milliseconds: what lies there writes to the disk only. */
const pauses = [0, 2, 5, 12, 40]
const vendors: readonly VendorName[] = ['stripe', 'adyen']

const dataFolder = mkdtempSync(join(tmpdir(), 'payout-kills-'))
const banks = new Map<string, Bank>()
let desk: Workerd
let operator: Client

beforeAll(async () => {
  const names = vendors.flatMap((vendor) =>
    [...places, ...pauses.map((pause) => `pause-${pause}`)].map((place) => `${vendor}-${place}`),
  )
  for (const name of names) banks.set(name, await openBank(name.split('-')[0] as VendorName))
  const keys = readKeys(dataFolder)
  desk = await launchWorkerd({
    entry: fileURLToPath(new URL('./payout-worker.ts', import.meta.url)),
    objects: ['Tenant', 'SaaS', 'Business'],
    dataFolder,
    outbound: ['local'],
    env: {
      OPERATOR_TOKEN: keys.operatorToken,
      VAULT_KEYS: keys.vaultKeys,
      VENDOR_ORIGINS: [...banks.values()].map(({ server }) => server.url).join(','),
    },
  })
  operator = client(() => desk.url, keys.operatorToken)
}, 60_000)

afterAll(async () => {
  await desk?.stop()
  for (const { server } of banks.values()) await server.close()
  rmSync(dataFolder, { recursive: true, force: true })
}, 30_000)

interface Movement {
  readonly kind: string
  readonly status: string
  readonly handle?: string
  readonly amount?: { readonly amount: string }
}
interface Payer {
  readonly bank: Bank
  readonly tenant: Client
}

/** A tenant whose schedule begins one payout, and has ended before that comes anywhere. */
async function begun(name: string): Promise<Payer> {
  const bank = banks.get(name) as Bank
  const { vendor, server, currency } = bank
  const { token } = await operator.ok<{ token: string }>('PUT', `/t/${name}`, { name })
  const tenant = client(() => `${desk.url}/t/${name}`, token)
  await tenant.ok('PUT', '/config', {
    payments: { order: [vendor], attemptTimeout: 3_000, deadline: 6_000, instances: { [vendor]: { baseUrl: server.url } } },
  })
  await tenant.ok('PUT', `/credentials/${vendor}`, bank.credentials)
  bank.onFirstBalance = async () => void (await tenant.ok('DELETE', '/payouts/schedule'))
  await tenant.ok('PUT', '/payouts/schedule', { every: 'every second', currency, keep: '1000' })
  return { bank, tenant }
}

/** Paid out once, whole, and known: on the record, in the books, and with nothing left to be found out. */
async function expectPaidOnce(name: string, { bank, tenant }: Payer): Promise<void> {
  await until(
    `${name} has paid`,
    () => tenant.ok<List<Movement>>('GET', '/movements?kind=payout'),
    ({ items }) => items.length > 0 && items.every(({ handle }) => handle !== undefined),
    60_000,
  )
  await until(
    `${name} knows`,
    () => tenant.ok<List<object>>('GET', '/intents?state=unresolved'),
    ({ items }) => items.length === 0,
    60_000,
  )
  const { items } = await tenant.ok<List<Movement>>('GET', '/movements?kind=payout')
  const made = bank.twin.payouts()
  expect(
    made.map(({ amount }) => amount),
    name,
  ).toEqual([bank.funds - 1_000n])
  expect(
    items.map(({ handle, amount }) => [handle, amount?.amount]),
    name,
  ).toEqual([[`${bank.vendor}:${made[0]?.id}`, `${bank.funds - 1_000n}`]])
  expect(bank.twin.balance().get(bank.currency)?.available, name).toBe(1_000n)
}

it('a scheduled payout is made once, wherever the process ends in the middle of it', async () => {
  const payers: [string, Payer][] = []
  const all = vendors.flatMap((vendor) => places.map((place) => [vendor, place] as const))
  for (const [vendor, place] of all) {
    const name = `${vendor}-${place}`
    banks.get(name)?.holdAt(place)
    payers.push([name, await begun(name)])
  }
  // Each waits at a place of its own; then everything ends at once.
  await Promise.all(payers.map(([, { bank }]) => bank.reached))
  for (const [name, { bank }] of payers)
    expect(bank.twin.payouts().length, name).toBe(/payout-(made|answered)$/.test(name) ? 1 : 0)
  await desk.kill()
  for (const [, { bank }] of payers) bank.holdAt(undefined)
  await desk.start()
  await Promise.all(payers.map(([name, payer]) => expectPaidOnce(name, payer)))
}, 120_000)

it('and wherever it ends between the answer of the balance and the payout', async () => {
  const payers: [string, Payer][] = []
  for (const pause of pauses) {
    const round = vendors.map((vendor) => [`${vendor}-pause-${pause}`, banks.get(`${vendor}-pause-${pause}`) as Bank] as const)
    for (const [, bank] of round) bank.holdAt('balance-answered')
    for (const [name, bank] of round) {
      payers.push([name, await begun(name)])
      await bank.reached
    }
    for (const [, bank] of round) bank.holdAt(undefined)
    await new Promise((resolve) => setTimeout(resolve, pause))
    await desk.kill()
    await desk.start()
  }
  await Promise.all(payers.map(([name, payer]) => expectPaidOnce(name, payer)))
}, 120_000)
