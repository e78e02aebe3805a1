import { parseHandle } from '@do/provider'
import { collect, holds, present, same } from '../assert.ts'
import { why } from '../why.ts'
import { among, eventOf, group, moments, type PaymentsWorld } from './world.ts'

const accounts = group('accounts', why.onboarding, ['accounts'])

type How = Parameters<PaymentsWorld['twin']['onboard']>[1]

async function joined(world: PaymentsWorld) {
  const input = {
    country: 'DE',
    email: 'seller@example.com',
    name: 'A seller',
    reference: 'seller-7',
    metadata: { market: 'north' },
  }
  const { id } = await world.provider.accounts.create(input)
  return { id, becomes: (how: How) => world.twin.onboard(parseHandle(id).id, how), read: () => world.provider.accounts.get(id) }
}

/** Sellers under the platform: what the vendor wants to know of them, and what they may do. */
export const onboarding = [
  accounts('create.wants', 'A new account may do nothing yet, and says what the vendor wants to know', async (world) => {
    const account = await (await joined(world)).read()
    among(account.status, ['pending', 'restricted'], 'The status')
    same([account.chargesEnabled, account.payoutsEnabled], [false, false], 'chargesEnabled and payoutsEnabled')
    holds(account.requirements.length > 0, 'The account has no requirements.')
    same(world.twin.count('accounts'), 1, 'Accounts at the vendor')
  }),
  accounts('get.same', 'An account reads back as it was made', async (world) => {
    const { id, read } = await joined(world)
    const { id: again, country, reference, metadata } = await read()
    same(
      [again, country, reference, metadata],
      [id, 'DE', 'seller-7', { market: 'north' }],
      'id, country, reference and metadata',
    )
  }),
  accounts(
    'onboardingLink.page',
    'The seller says who they are on a page of the vendor, which is made anew each time',
    async (world) => {
      const { id } = await joined(world)
      const urls = { returnUrl: 'https://shop.example.com/joined', refreshUrl: 'https://shop.example.com/join' }
      const links = [
        await world.provider.accounts.onboardingLink({ account: id, ...urls }),
        await world.provider.accounts.onboardingLink({ account: id, ...urls }),
      ]
      for (const { account, url, expiresAt } of links) {
        same(account, id, 'The account')
        holds(URL.canParse(url), `The address is "${url}".`)
        holds(expiresAt === undefined || Date.parse(expiresAt) > world.twin.clock.now(), 'The link has already expired.')
      }
    },
  ),
  accounts('get.enabled', 'When the vendor knows enough, the account may take money and be paid out', async (world) => {
    const { becomes, read } = await joined(world)
    await becomes('complete')
    const account = await read()
    same([account.status, account.chargesEnabled, account.payoutsEnabled], ['enabled', true, true], 'status and what it may do')
    same(
      account.requirements.filter(({ state }) => state === 'currently_due' || state === 'past_due'),
      [],
      'What is due',
    )
  }),
  accounts('get.due', 'When the vendor wants more, the account says what, and until when', async (world) => {
    const { becomes, read } = await joined(world)
    await becomes('complete')
    await becomes('require')
    const { requirements, chargesEnabled } = await read()
    const due = present(
      requirements.find(({ state }) => state === 'currently_due'),
      'The requirement that is due',
    )
    holds(due.code !== '' && chargesEnabled, 'The account is already restricted, or the requirement has no name.')
    if (due.dueAt !== undefined) holds(Date.parse(due.dueAt) > world.twin.clock.now(), `It was due at ${due.dueAt}.`)
  }),
  accounts('get.restricted', 'When that is overdue, the account is restricted, says why, and comes back', async (world) => {
    const { becomes, read } = await joined(world)
    await becomes('complete')
    await becomes('overdue')
    const restricted = await read()
    same([restricted.status, restricted.chargesEnabled], ['restricted', false], 'status and chargesEnabled')
    holds(
      restricted.disabledReason !== undefined || restricted.requirements.some(({ state }) => state === 'past_due'),
      'The account says neither why it is disabled nor what is past due.',
    )
    await becomes('complete')
    same([(await read()).status, (await read()).chargesEnabled], ['enabled', true], 'status and chargesEnabled afterwards')
  }),
  accounts('get.rejected', 'An account that the vendor does not want is rejected', async (world) => {
    const { becomes, read } = await joined(world)
    await becomes('reject')
    const account = await read()
    same([account.status, account.chargesEnabled, account.payoutsEnabled], ['rejected', false, false], 'The account')
  }),
  accounts('get.told', 'What becomes of an account is told, by an event of that very account', async (world) => {
    const { id, becomes } = await joined(world)
    await becomes('complete')
    const event = eventOf(world, 'account.updated')
    same(event.connected, id, 'The account in the event')
    const resolved = await world.provider.resolve(event)
    same([resolved.type, resolved.value.id], ['account', id], 'What the event leads to')
  }),
  accounts('get.left', 'That a seller took the access away is told', async (world) => {
    const { id, becomes } = await joined(world)
    await becomes('complete')
    await becomes('deauthorize')
    same(eventOf(world, 'account.deauthorized').connected, id, 'The account in the event')
  }),
  accounts('list.all', 'All accounts are listed', async (world) => {
    const ids = [(await joined(world)).id, (await joined(world)).id]
    await moments(world)
    same((await collect(world.provider.accounts.list())).map(({ id }) => id).sort(), ids.sort(), 'The accounts')
  }),
]
