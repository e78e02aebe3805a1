import { follow } from '@do/console/client'
import type { Change } from '@do/core'
import type { SaasOverview } from '@do/objects'
import type { Desk } from '../desk.ts'
import type { Vendor } from '../vendors.ts'
import { type Shown, sumOf, type Totals } from './client.ts'
import { isLetIn, openConsole, signIn } from './page.ts'
import { must, type Steps, same, until } from './steps.ts'
import type { Player } from './tenants.ts'

const people = '+14155550155'
const patienceMs = 30_000

/** One message is told from the tenant to the SaaS to the business, and to the page: once each, also over a SIGKILL. */
export async function liveFeed(players: readonly [Player, Player], desk: Desk, { heading, step }: Steps, run: number) {
  const [{ client, vendors, sms }] = players
  const carrier = vendors[sms[0] as string] as Vendor
  heading('Tenants → SaaS → business: one live feed, and the page is a client of it')

  const states: string[] = []
  const seen: Change[] = []
  const cookie = await signIn(desk)
  const page = openConsole(desk, { cookie, origin: desk.url }, (state) => states.push(state))
  const overview = () => page.api.overview() as Promise<SaasOverview>
  const messages = async () => {
    const { totals, business } = await overview()
    return { saas: sumOf(totals, 'messages'), business: sumOf(business?.totals ?? [], 'messages') }
  }
  /** What happened before this has been told at every level. */
  const settledMessages = () => until('both levels are even', messages, ({ saas, business }) => saas === business, patienceMs)
  const send = (what: string) =>
    client
      .call<Shown>('POST', '/messages', { to: people, body: `${what} (${run})` }, { 'idempotency-key': `feed-${run}-${what}` })
      .then(
        ({ status, body }) => (status < 300 ? body.id : undefined),
        () => undefined,
      )

  try {
    await step('Only the page itself is let in, with its session', async (facts) => {
      same(await isLetIn(desk, { origin: desk.url }), false, 'let in without a session')
      same(await isLetIn(desk, { cookie, origin: 'http://evil.example' }), false, 'let in from another site')
      same(await isLetIn(desk, { cookie }), false, 'let in from no page at all')
      const { changes, tenants } = await overview()
      follow(page, { cursor: changes, on: (more) => seen.push(...more) })
      facts('no cookie, another site, no site: refused', `connected, ${tenants.length} tenants`)
    })

    await step('A message shows at the SaaS, at the business and on the page, once', async (facts) => {
      const before = await settledMessages()
      const sent = await send('told')
      const after = await until('it is told', messages, ({ business }) => business > before.business, patienceMs)
      same(after, { saas: before.saas + 1, business: before.business + 1 }, 'messages')
      const told = () =>
        seen.filter(({ key, source, operation }) => key === sent && source.endsWith('messages') && operation === 'create')
      await until('the page is told', told, ({ length }) => length > 0)
      same(told().length, 1, 'how often the page is told')
      same(JSON.stringify(seen).includes('told ('), false, 'its text is in the feed')
      facts(`${after.saas} messages at both levels`, 'its text stays with the tenant')
    })

    await step(
      'SIGKILL in the middle of 24 messages: each level counts each of them once, and the page goes on',
      async (facts) => {
        const before = await settledMessages()
        const wishes = Array.from({ length: 24 }, (_, index) => `burst-${index}`)
        const creates = () => carrier.twin.requests().filter(({ operation }) => operation === 'messages.create').length
        const first = wishes.slice(0, 8).map(send)
        const told = () => seen.filter(({ source, operation }) => source.endsWith('messages') && operation === 'create').length
        await until('some of it is told', told, (count) => count > 4, patienceMs)
        for (const _ of wishes) carrier.twin.faults.next({ kind: 'hang', when: 'after' }, { operation: 'messages.create' })
        const begun = creates()
        first.push(...wishes.slice(8).map(send))
        await until('some of it is under way', creates, (count) => count > begun + 3)
        await desk.workerd.kill()
        const lost = (await Promise.all(first)).filter((known) => known === undefined).length
        carrier.twin.faults.clear()
        must(lost > 0, 'it was not killed in the middle')
        await desk.workerd.start()
        const ids = await Promise.all(wishes.map(send))
        must(
          ids.every((known) => known !== undefined),
          'a message was not sent',
        )
        const after = await until(
          'all of it is told',
          messages,
          ({ business }) => business >= before.business + wishes.length,
          patienceMs,
        )
        same(after, { saas: before.saas + wishes.length, business: before.business + wishes.length }, 'messages')
        const copies = wishes.map((wish) =>
          Object.values(vendors).reduce(
            (sum, { twin }) => sum + twin.sent().filter(({ body }) => body === `${wish} (${run})`).length,
            0,
          ),
        )
        same(
          copies.filter((count) => count !== 1),
          [],
          'messages that were sent twice or never',
        )
        const order = () => seen.map(({ sequence }) => sequence)
        await until(
          'the page has seen all',
          () => ids.filter((one) => !seen.some(({ key }) => key === one)).length,
          (left) => left === 0,
        )
        const gaps = order().filter((sequence, index, all) => index > 0 && sequence !== (all[index - 1] as number) + 1)
        same(gaps, [], 'changes that the page has lost or seen twice')
        must(states.join().includes('open,waiting') && states.at(-1) === 'open', `the connection went ${states.join(' → ')}`)
        facts(`${lost} of 24 answers lost`, `${seen.length} changes on the page without gap or repetition`, states.join(' → '))
      },
    )

    await step('Sums at the root equal sums at the tenants, state by state', async (facts) => {
      const levels = async () => {
        const { totals, business } = await overview()
        const own = await Promise.all(players.map((player) => page.api.tenant(player.id)))
        return {
          tenants: added(own.map(({ counted }) => counted)),
          books: own.reduce((sum, { totals: { messages: count } }) => sum + count, 0),
          saas: added([totals]),
          business: added([business?.totals ?? []]),
        }
      }
      const agree = ({ tenants, saas, business }: Awaited<ReturnType<typeof levels>>) => tenants === saas && saas === business
      const even = await until('all is told', levels, agree, patienceMs)
      same(sumOf((await overview()).totals, 'messages'), even.books, 'messages in the books of the tenants')
      facts(`${even.books} messages of ${players.length} tenants`, 'tenants, SaaS and business agree')
    })
  } finally {
    page.close()
  }
}

/** Sums by kind and state, in a form that can be compared. */
function added(all: readonly Totals[]): string {
  const sums = new Map<string, number>()
  for (const { name, bucket, total } of all.flat()) {
    const key = `${name}/${bucket}`
    sums.set(key, (sums.get(key) ?? 0) + total)
  }
  return JSON.stringify([...sums].filter(([, total]) => total !== 0).sort(([a], [b]) => (a < b ? -1 : 1)))
}
