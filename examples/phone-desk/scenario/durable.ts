import type { Desk } from '../desk.ts'
import type { Vendor } from '../vendors.ts'
import type { List, Report, Shown } from './client.ts'
import { must, type Steps, same, until } from './steps.ts'
import type { Player } from './tenants.ts'

const owner = '+14155550133'
const second = 1_000

interface Planned {
  readonly text: string
  readonly nextAt?: string
  readonly runs: readonly { readonly id: string; readonly due: number; readonly until: number; readonly state: string }[]
}

/** What a tenant does by itself, in steps and on time, goes on over kills; the vendor's ledger says how often it happened. */
export async function durable(player: Player, desk: Desk, { heading, step }: Steps, run: number): Promise<void> {
  const { client, vendors, name } = player
  const first = vendors[player.sms[0] as string] as Vendor
  heading(`${name}: reports, as durable actions and on a schedule`)

  const report = (id: string) => client.ok<Report>('GET', `/reports/${id}`)
  const reports = () => first.twin.sent().filter(({ to }) => to === owner)
  const notes = async () =>
    (await client.ok<List<{ what: string }>>('GET', '/audit?limit=200')).items.filter(({ what }) => what === 'report.sent').length
  const restart = async () => {
    await desk.workerd.kill()
    await desk.workerd.start()
  }
  const stepsOf = ({ steps }: Report) => steps.map((one) => `${one.name} ${one.state}`).join(', ')

  await step('A report in four steps, killed inside one and between two: one message', async (facts) => {
    const before = { sent: reports().length, notes: await notes() }
    first.twin.faults.next({ kind: 'hang', when: 'after' }, { operation: 'messages.create' })
    const asked = () =>
      client.call<Report>('POST', '/reports', { to: owner, checkAfterMs: 2 * second }, { 'idempotency-key': `report-${run}` })
    const { status, body } = await asked()
    same(status, 202, 'answer')
    await until(
      'the vendor accepts',
      () => reports().length,
      (count) => count === before.sent + 1,
    )
    same(stepsOf(await report(body.id)), 'count done', 'finished steps when it is killed inside "send"')
    await restart()
    await until(
      'it sleeps between two steps',
      () => report(body.id),
      ({ state }) => state === 'sleeping',
      30_000,
    )
    await restart()
    const ended = await until(
      'it is done',
      () => report(body.id),
      ({ state }) => state === 'completed' || state === 'failed',
      30_000,
    )
    same(stepsOf(ended), 'count done, send done, wait done, note done', 'steps')
    same((await asked()).body.id, body.id, 'the same key')
    same([reports().length, await notes()], [before.sent + 1, before.notes + 1], 'messages at the vendor, and notes')
    const record = await client.ok<Shown>('GET', `/messages/${ended.result?.message}`)
    same(record.provider, first.name, 'provider')
    facts(stepsOf(ended), '2 kills, 1 message at the vendor')
  })

  await step('A schedule fires every second, over a kill: one report for each run', async (facts) => {
    const planned = () => client.ok<Planned>('GET', '/reports/schedule')
    const before = { sent: reports().length, at: Date.now() }
    await client.ok('PUT', '/reports/schedule', { every: 'every 1 second', to: owner, checkAfterMs: 0 })
    const ran = ({ runs }: Planned) => runs.filter(({ due, state }) => due > before.at && state === 'ran')
    const early = await until('it has run twice', planned, (plan) => ran(plan).length >= 2)
    await restart()
    const up = Date.now()
    await until('it runs on', planned, (plan) => ran(plan).filter(({ due }) => due > up).length >= 2, 20_000)
    await client.ok('PUT', '/reports/schedule', { every: 'daily at 6am', to: owner })
    const last = await planned()
    const runs = ran(last)
    const all = async () => (await client.ok<List<Report>>('GET', '/reports?limit=100')).items
    const done = await until(
      'all reports are sent',
      async () => (await all()).filter(({ key, state }) => state === 'completed' && runs.some(({ id }) => id === key)),
      ({ length }) => length === runs.length,
      20_000,
    )
    const numbers = reports()
      .slice(before.sent)
      .map(({ body }) => Number(/^Report (\d+):/.exec(body)?.[1]))
    same([numbers.length, new Set(numbers).size], [runs.length, runs.length], 'reports at the vendor')
    const due = last.runs.filter((one) => one.due > before.at).sort((a, b) => a.due - b.due)
    const gaps = due.slice(1).filter((one, index) => one.due !== (due[index] as (typeof due)[number]).until + second)
    same(gaps, [], 'seconds of which nothing is recorded')
    must(last.nextAt?.includes('T06:00:00'), `the next run is at ${last.nextAt}`)
    facts(
      `${ran(early).length} runs before the kill`,
      `${runs.length} in all, ${done.length} reports`,
      `now ${last.text}, next ${last.nextAt}`,
    )
  })
}
