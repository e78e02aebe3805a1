import type { Desk } from '../desk.ts'
import { type Keys, writeKeys } from '../keys.ts'
import { type Minds, openMinds } from '../minds.ts'
import { openTill, type Till } from '../till.ts'
import { openVendors, type Vendors } from '../vendors.ts'
import { client, type List, type Shown } from './client.ts'
import { crash } from './crash.ts'
import { durable } from './durable.ts'
import { everyday } from './everyday.ts'
import { faults } from './faults.ts'
import { liveFeed } from './feed.ts'
import { isolation } from './isolation.ts'
import { models } from './models.ts'
import { money } from './money.ts'
import { type StepResult, type Steps, same, stepper } from './steps.ts'
import { cast, configOf, type Player } from './tenants.ts'

export interface ScenarioOptions {
  readonly desk: Desk
  /** By tenant. */
  readonly vendors: Readonly<Record<string, Vendors>>
  /** Payments accounts, by tenant. */
  readonly tills: Readonly<Record<string, Till>>
  /** Accounts at vendors of language models, by tenant. */
  readonly minds: Readonly<Record<string, Minds>>
  readonly keys: Keys
  readonly dataFolder: string
  readonly print: (line: string) => void
}

/** Opens the vendor accounts of every tenant of the cast, with ids that no earlier start has used. */
export async function openAllVendors(start: number, publicUrl: string): Promise<Record<string, Vendors>> {
  const entries = cast.map(async ({ id, accounts }, index) => {
    const hook = (provider: string) => `${publicUrl}/t/${id}/hooks/sms/${provider}`
    return [id, await openVendors(accounts, 1_000 * start + 100 * (index + 1), hook)] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Opens the payments account of each tenant of the cast that takes payments. */
export async function openAllTills(start: number, publicUrl: string): Promise<Record<string, Till>> {
  const takers = cast.filter(({ payments }) => payments)
  return Object.fromEntries(await Promise.all(takers.map(async ({ id }) => [id, await openTill(id, start, publicUrl)] as const)))
}

/** Opens the accounts of each tenant of the cast that uses language models. */
export async function openAllMinds(start: number): Promise<Record<string, Minds>> {
  const users = cast.filter(({ models: uses }) => uses)
  return Object.fromEntries(await Promise.all(users.map(async ({ id }) => [id, await openMinds(7_000 + start)] as const)))
}

/** The whole scenario, step by step. It may run again on data of earlier runs. */
export async function runScenario(options: ScenarioOptions): Promise<readonly StepResult[]> {
  const { desk, keys, print } = options
  const steps = stepper(print)
  const operator = client(() => desk.url, desk.operatorToken)
  const run = keys.starts

  steps.heading('The desk')
  await steps.step('Finds what earlier runs have left', async (facts) => {
    const { tenants } = await operator.ok<{ tenants: readonly { messages: number; calls: number }[] }>('GET', '/operator/tenants')
    const sum = (name: 'messages' | 'calls') => tenants.reduce((total, tenant) => total + tenant[name], 0)
    facts(
      tenants.length === 0
        ? 'nothing: this is the first run'
        : `${tenants.length} tenants, ${sum('messages')} messages, ${sum('calls')} calls`,
    )
  })
  const players = await open(options, steps)
  if (players === undefined) return steps.results
  const [first] = players

  for (const player of players) await everyday(player, steps, run)
  await faults(first, steps, run)
  await crash(first, desk, steps, run)
  await durable(first, desk, steps, run)
  await liveFeed(players, desk, steps, run)
  if (players[0].till !== undefined) await money(first, players[0].till, desk, steps, run)
  if (players[0].minds !== undefined) await models(first, players[0].minds, desk, steps)
  await isolation(players, desk, steps)

  steps.heading('The page')
  await steps.step('Everything that happened is there', async (facts) => {
    const { tenants } = await operator.ok<{ tenants: readonly { id: string; messages: number; unresolved: number }[] }>(
      'GET',
      '/operator/tenants',
    )
    for (const player of players) {
      const view = await operator.ok<{ messages: readonly Shown[]; calls: readonly unknown[]; totals: { unresolved: number } }>(
        'GET',
        `/operator/tenants/${player.id}`,
      )
      same([view.messages.length > 0, view.calls.length > 0, view.totals.unresolved], [true, true, 0], `${player.id} on the page`)
    }
    const page = await fetch(`${desk.url}/console`)
    same([page.status, page.headers.get('content-security-policy')?.includes("default-src 'none'")], [200, true], 'the page')
    facts(tenants.map(({ id, messages }) => `${id}: ${messages} messages`).join(', '), 'no intent is open')
  })
  return steps.results
}

/** Creates the tenants, or finds them again, and gives them today's vendors. */
async function open(
  { desk, vendors, tills, minds, keys, dataFolder }: ScenarioOptions,
  steps: Steps,
): Promise<readonly [Player, Player] | undefined> {
  const operator = client(() => desk.url, desk.operatorToken)
  const known: Record<string, string> = { ...keys.tenants }
  const players: Player[] = []
  for (const member of cast) {
    const player = await steps.step(`${member.name}: is there, with its own providers and credentials`, async (facts) => {
      const created = await operator.call<{ token?: string }>('PUT', `/t/${member.id}`, { name: member.name })
      const isNew = created.status === 201
      const token =
        created.body.token ?? known[member.id] ?? (await operator.ok<{ token: string }>('POST', `/t/${member.id}/token`)).token
      known[member.id] = token
      const own = vendors[member.id] as Vendors
      const mine = client(() => `${desk.url}/t/${member.id}`, token)
      const till = tills[member.id]
      const mindsOf = minds[member.id]
      await mine.ok('PUT', '/config', configOf({ ...member, vendors: own, till, minds: mindsOf }))
      if (till !== undefined) await mine.ok('PUT', `/credentials/${till.name}`, till.twin.credentials)
      for (const [name, { twin }] of Object.entries(mindsOf ?? {})) await mine.ok('PUT', `/credentials/${name}`, twin.credentials)
      for (const { name, credentials } of Object.values(own)) await mine.ok('PUT', `/credentials/${name}`, credentials)
      const released = await release(mine)
      facts(
        isNew ? 'new' : 'found again',
        `sms ${member.sms.join(' → ')}`,
        ...(released === 0 ? [] : [`${released} numbers of earlier runs given back`]),
      )
      return { ...member, vendors: own, till, minds: mindsOf, client: mine, token }
    })
    if (player !== undefined) players.push(player)
  }
  writeKeys(dataFolder, { ...keys, tenants: known })
  const [first, second] = players
  return first === undefined || second === undefined ? undefined : [first, second]
}

/** Each run has new vendor accounts, which do not know the numbers of the old ones. */
async function release(mine: Player['client']): Promise<number> {
  const { items } = await mine.ok<List<{ number: string }>>('GET', '/numbers?limit=200')
  for (const { number } of items) await mine.ok('DELETE', `/numbers/${encodeURIComponent(number)}`)
  return items.length
}
