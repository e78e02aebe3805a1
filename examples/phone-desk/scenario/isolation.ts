import type { Desk } from '../desk.ts'
import { client as clientFor, type List, type Shown } from './client.ts'
import { must, type Steps, same } from './steps.ts'
import type { Player } from './tenants.ts'

/** What one tenant, and nobody, may see of another. */
export async function isolation([mine, other]: readonly [Player, Player], desk: Desk, { heading, step }: Steps): Promise<void> {
  heading(`${mine.name} and ${other.name}: kept apart`)
  const at = (tenant: string) => () => `${desk.url}/t/${tenant}`

  await step("A tenant cannot read another one's messages, numbers, calls, credentials or configuration", async (facts) => {
    const theirs = await other.client.ok<List<Shown>>('GET', '/messages?limit=5')
    const message = theirs.items[0]
    must(message !== undefined, 'the other tenant has no message')
    const intruder = clientFor(at(other.id), mine.token)
    const paths = [
      '/messages',
      `/messages/${message.id}`,
      '/numbers',
      '/calls',
      '/credentials',
      '/config',
      '/audit',
      '/events',
      '/intents',
      '/status',
      '/overview',
      '/nothing',
    ]
    for (const path of paths) same([path, (await intruder.call('GET', path)).status], [path, 403], 'status')
    same((await intruder.call('PUT', '/config', {})).status, 403, 'status of a change')
    same((await mine.client.call('GET', `/messages/${message.id}`)).status, 404, "the other one's message at home")
    facts(`${paths.length} paths answered 403`)
  })

  await step('Nobody comes in without a valid token', async (facts) => {
    const token = mine.token
    const wrong = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    for (const attempt of [undefined, wrong, 'do_nobody', '']) {
      const { status } = await clientFor(at(mine.id), attempt).call('GET', '/messages')
      same(status, 401, 'status')
    }
    facts('401 without, with a wrong and with a broken one')
  })

  await step('Credentials are never read back', async (facts) => {
    const answer = await mine.client.ok<{ instances: readonly string[] }>('GET', '/credentials')
    const own = [...Object.keys(mine.vendors), ...(mine.till === undefined ? [] : [mine.till.name])]
    // Earlier runs had payments accounts of other names.
    same(
      own.filter((name) => !answer.instances.includes(name)),
      [],
      'names that are missing',
    )
    same(Object.keys(answer), ['instances'], 'what may be read')
    const everything = JSON.stringify([
      await mine.client.ok('GET', '/config'),
      await mine.client.ok('GET', '/audit?limit=200'),
      await mine.client.ok('GET', '/events?limit=200'),
      await clientFor(() => desk.url, desk.operatorToken).ok('GET', `/operator/tenants/${mine.id}`),
    ])
    for (const { credentials } of Object.values(mine.vendors)) {
      for (const [name, secret] of Object.entries(credentials)) {
        if (/token|secret|key/i.test(name) && !/public/i.test(name))
          must(!everything.includes(String(secret)), `"${name}" can be read`)
      }
    }
    for (const secret of mine.till?.twin.secrets ?? [])
      must(!everything.includes(secret), 'a secret of the payments account can be read')
    facts(`only the names: ${answer.instances.join(', ')}`)
  })
}
