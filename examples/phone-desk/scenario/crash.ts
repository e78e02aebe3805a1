import type { Desk } from '../desk.ts'
import type { Vendor } from '../vendors.ts'
import { type List, type Shown, trailText } from './client.ts'
import { must, type Steps, same, until } from './steps.ts'
import type { Player } from './tenants.ts'

/** The process dies between the intent and the answer. What it left behind is settled when it wakes, once. */
export async function crash(player: Player, desk: Desk, { heading, step }: Steps, run: number): Promise<void> {
  const { client, vendors, name } = player
  const first = vendors[player.sms[0] as string] as Vendor
  heading(`${name}: the runtime is killed`)

  await step('SIGKILL between intent and answer; on wake the vendor is asked, once', async (facts) => {
    const body = `killed (${run})`
    const key = `killed-${run}`
    const copies = () => first.twin.sent().filter((sent) => sent.body === body).length
    first.twin.faults.next({ kind: 'hang', when: 'after' }, { operation: 'messages.create' })
    const lost = client.call('POST', '/messages', { to: '+14155550166', body }, { 'idempotency-key': key }).then(
      () => 'answered',
      () => 'connection lost',
    )
    await until('the vendor accepts', copies, (count) => count === 1)
    await desk.workerd.kill()
    same(await lost, 'connection lost', 'the request')
    const creates = first.twin.requests().filter(({ operation }) => operation === 'messages.create').length
    await desk.workerd.start()
    const settled = await until(
      'settled on wake',
      async () =>
        (await client.ok<List<Shown>>('GET', '/messages?direction=outbound&limit=20')).items.find(
          (message) => message.key === key,
        ),
      (message) => message !== undefined && message.status !== 'pending' && message.status !== 'unknown',
      40_000,
    )
    must(settled !== undefined, 'the message is gone')
    same([settled.reconciled?.effect, settled.provider], ['done', first.name], 'settlement')
    same(first.twin.requests().filter(({ operation }) => operation === 'messages.create').length, creates, 'requests that send')
    const again = await client.ok<Shown>('POST', '/messages', { to: '+14155550166', body }, { 'idempotency-key': key })
    same([again.id, copies()], [settled.id, 1], 'the same key afterwards, and copies')
    const { items } = await client.ok<List<{ what: string; details?: string }>>('GET', '/audit?limit=20')
    same(
      items.filter(({ what, details }) => what === 'intent.reconciled' && details === 'sms.send: done').length >= 1,
      true,
      'the audit log names it',
    )
    facts(trailText(settled.trail), '1 copy')
  })
}
