import type { Vendor } from '../vendors.ts'
import { type Answer, type Shown, trailText } from './client.ts'
import { must, type Steps, same, until } from './steps.ts'
import { configOf, type Player } from './tenants.ts'

const customer = '+14155550188'
const trustMs = 300
const create = { operation: 'messages.create' }

/** A vendor's bad day: each fault, and what the vendors' own ledgers say happened. */
export async function faults(player: Player, { heading, step }: Steps, run: number): Promise<void> {
  const { client, vendors, name } = player
  const [first, second] = player.sms.map((provider) => vendors[provider] as Vendor) as [Vendor, Vendor]
  heading(`${name}: ${first.name} has a bad day`)

  const copies = (body: string) =>
    Object.values(vendors).map(
      ({ name: vendor, twin }) => [vendor, twin.sent().filter((sent) => sent.body === body).length] as const,
    )
  const once = (body: string, at: string) => {
    same(
      copies(body).filter(([, count]) => count > 0),
      [[at, 1]],
      'copies at the vendors',
    )
  }
  const send = (what: string) => {
    const body = `${what} (${run})`
    const path = [
      'POST',
      '/messages',
      { to: customer, body },
      { 'idempotency-key': `fault-${run}-${what.replaceAll(' ', '-')}` },
    ] as const
    return { body, call: () => client.call<Shown>(...path), ok: () => client.ok<Shown>(...path) }
  }

  await step('Refuses connections: the next provider sends', async (facts) => {
    const { body, ok } = send('refused')
    await first.server.refuse()
    // Who has answered a moment ago is believed to be there; after that it is proved before anything is sent.
    await new Promise((resolve) => setTimeout(resolve, trustMs))
    const message = await ok().finally(() => first.server.accept())
    once(body, second.name)
    facts(trailText(message.trail))
  })

  await step('Answers 429 with Retry-After: the next provider sends', async (facts) => {
    first.twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 60 }, create)
    const { body, ok } = send('limited')
    const message = await ok()
    once(body, second.name)
    facts(trailText(message.trail))
  })

  await step('Hangs after accepting: it is asked, and nobody sends a second time', async (facts) => {
    first.twin.faults.next({ kind: 'hang', when: 'after' }, create)
    const { body, ok } = send('hanging')
    const message = await ok()
    once(body, first.name)
    same(message.provider, first.name, 'provider')
    facts(trailText(message.trail), '1 copy')
  })

  await step('Hangs after accepting and cannot be asked either: reported as unknown, settled later', async (facts) => {
    const { body, call, ok } = send('unknown')
    // Whoever asks wants an answer soon, and is told so instead of waiting for certainty.
    await client.ok('PUT', '/config', configOf(player, { deadline: 4_000 }))
    first.twin.faults.next({ kind: 'hang', when: 'after' }, create)
    first.twin.faults.always({ kind: 'error', status: 503, when: 'before' }, { operation: 'messages.list' })
    const answer: Answer<Shown & { code?: string; key?: string }> = await call()
    first.twin.faults.clear()
    same([answer.status, answer.body.code], [504, 'outcome_unknown'], 'answer')
    once(body, first.name)
    const location = answer.headers.get('location')?.replace(/^\/t\/[^/]+/, '')
    must(location !== undefined, 'the answer does not say where the record is')
    const settled = await until(
      'settled',
      () => client.ok<Shown>('GET', location),
      ({ status }) => status !== 'unknown',
      30_000,
    )
    await client.ok('PUT', '/config', configOf(player))
    same([settled.reconciled?.effect, settled.provider], ['done', first.name], 'settlement')
    same((await ok()).id, settled.id, 'the same key')
    once(body, first.name)
    facts('504', trailText(settled.trail), '1 copy')
  })

  await step('Cuts the connection before accepting: asked until it is certain, then the next provider sends', async (facts) => {
    const { body, ok } = send('cut')
    first.twin.faults.next({ kind: 'cut', when: 'before' }, create)
    const message = await ok()
    once(body, second.name)
    facts(trailText(message.trail))
  })

  await step('Refuses the recipient who has opted out: nobody else is asked', async (facts) => {
    const gone = '+14155550177'
    first.twin.optOut(gone)
    const before = Object.values(vendors).reduce((sum, { twin }) => sum + twin.sent().length, 0)
    const answer = await client.call<{ code: string; trail?: Shown['trail'] }>('POST', '/messages', { to: gone, body: 'Hello' })
    same([answer.status, answer.body.code], [422, 'opted_out'], 'answer')
    const again = await client.call<{ code: string }>('POST', '/messages', { to: gone, body: 'Hello again' })
    same([again.status, again.body.code], [422, 'opted_out'], 'answer')
    same(
      Object.values(vendors).reduce((sum, { twin }) => sum + twin.sent().length, 0),
      before,
      'messages at all vendors',
    )
    facts(trailText(answer.body.trail ?? []), 'the second time without any request')
  })

  await step('Its order is changed at run time', async (facts) => {
    const [a, b, ...rest] = player.sms as [string, string, ...string[]]
    await client.ok('PUT', '/config', configOf(player, { sms: [b, a, ...rest] }))
    const { body, ok } = send('reordered')
    const message = await ok()
    once(body, second.name)
    await client.ok('PUT', '/config', configOf(player))
    facts(`${[b, a, ...rest].join(' → ')}: ${trailText(message.trail)}`, 'and back again')
  })
}
