import { fields } from '@do/provider'
import { collect, holds, outcome, present, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { buy, firstOf, forSale, idsIn, type TelephonyCheck, type TelephonyWorld } from './world.ts'

const check = (id: string, title: string, run: TelephonyCheck['run'], needs?: readonly string[]): TelephonyCheck => ({
  id: `telephony.numbers.${id}`,
  level: 'must',
  title,
  why: why.numbers,
  run,
  ...(needs === undefined ? {} : { needs }),
})

const isE164 = (number: string) => fields.e164.safeParse(number).success

export const searching: readonly TelephonyCheck[] = [
  check('search.found', 'Numbers for sale are shown in E.164, of the wanted country, with what they can do', async (world) => {
    const found = await firstOf(world.provider.numbers.search({ country: 'US' }), 10)
    holds(found.length > 0, 'No number was found in a country that has some.')
    for (const { number, country, features } of found) {
      holds(isE164(number) && number.startsWith('+1'), `"${number}" is no number of the United States in E.164.`)
      same(country, 'US', `Country of ${number}`)
      holds(features.length > 0, `${number} can do nothing.`)
    }
    same(world.twin.purchases(), [], 'Numbers bought by searching')
  }),
  check('search.area-code', 'A search can be for one area', async (world) => {
    // Not the area that comes first anyway, where there is another.
    const areas = (await firstOf(world.provider.numbers.search({ country: 'US' }), 60)).map(({ number }) => number.slice(2, 5))
    const areaCode = present(areas.find((area) => area !== areas[0]) ?? areas[0], 'A number for sale')
    const found = await firstOf(world.provider.numbers.search({ country: 'US', areaCode }), 10)
    holds(found.length > 0, `No number in the area ${areaCode}, where there is one.`)
    for (const { number } of found) holds(number.startsWith(`+1${areaCode}`), `${number} is not in the area ${areaCode}.`)
  }),
  check('search.contains', 'A search can be for digits', async (world) => {
    const [any] = await forSale(world)
    const digits = present(any, 'A number for sale').number.slice(-4)
    const found = await firstOf(world.provider.numbers.search({ country: 'US', contains: digits }), 10)
    holds(found.length > 0, `No number with ${digits}, where there is one.`)
    for (const { number } of found) holds(number.includes(digits), `${number} does not contain ${digits}.`)
  }),
  check('search.features', 'A search can be for what a number must be able to do', async (world) => {
    const found = await firstOf(world.provider.numbers.search({ country: 'US', features: ['sms'] }), 10)
    holds(found.length > 0, 'No number that can do SMS, where there is one.')
    for (const { number, features } of found) holds(features.includes('sms'), `${number} cannot do SMS.`)
  }),
  check('search.limit', 'A search shows no more at once than asked for', async (world) => {
    const page = await world.provider.numbers.search({ country: 'US', limit: 3 }).page()
    holds(page.items.length > 0 && page.items.length <= 3, `A page of at most 3 has ${page.items.length} numbers.`)
  }),
  check('search.stops', 'Who stops reading a search causes no more requests', async (world) => {
    for await (const _ of world.provider.numbers.search({ country: 'US', limit: 2 })) break
    same(world.requests('numbers.search').length, 1, 'Requests sent')
  }),
  check('search.nothing', 'A search that finds nothing is empty, or refused, but never something else', async (world) => {
    const result = await outcome(() => firstOf(world.provider.numbers.search({ country: 'US', contains: '00000000' }), 5))
    if (result.ok) same(result.value, [], 'Numbers found')
    else same(result.error.effect, 'none', 'Effect')
  }),
  check(
    'search.toll-free',
    'Toll-free numbers can be searched',
    async (world) => {
      const found = await firstOf(world.provider.numbers.search({ country: 'US', type: 'toll-free' }), 5)
      holds(found.length > 0, 'No toll-free number was found, where there is one.')
      for (const { number } of found) holds(/^\+18\d\d/.test(number), `${number} is not toll-free.`)
    },
    ['toll-free'],
  ),
]

const settings = {
  label: 'Front desk',
  callUrl: 'https://example.com/calls?desk=1&x=2',
  messageUrl: 'https://example.com/messages',
}

/** Buys one number with all its settings. */
async function bought(world: TelephonyWorld) {
  const offer = present((await forSale(world))[0], 'A number for sale')
  const own = await world.provider.numbers.buy({ id: offer.id, ...settings })
  return { offer, own }
}

const atTwin = (world: TelephonyWorld, number: string) => world.twin.owned().find((own) => own.number === number)
const show = ({
  label,
  callUrl,
  messageUrl,
}: {
  label?: string | undefined
  callUrl?: string | undefined
  messageUrl?: string | undefined
}) => ({
  ...{ label, callUrl, messageUrl },
})
/** Long enough for every vendor's lists to catch up. */
const lag = 120_000

export const owning: readonly TelephonyCheck[] = [
  check('buy.once', 'Buying a number buys that number, once', async (world) => {
    const { offer, own } = await bought(world)
    same(own.number, offer.number, 'The number in the answer')
    same(world.twin.purchases(), [offer.number], 'Numbers bought at the vendor')
    holds(own.features.length > 0, 'The number can do nothing.')
  }),
  check('buy.settings', 'A number is bought with its label and the addresses for calls and messages', async (world) => {
    const { own } = await bought(world)
    same(show(present(atTwin(world, own.number), 'The number at the vendor')), settings, 'Settings at the vendor')
    same(show(await world.provider.numbers.get(own.id)), settings, 'Settings, read back')
  }),
  check('buy.sold', 'A number that somebody else has bought is refused, and nothing is bought', async (world) => {
    const { offer } = await bought(world)
    const late = await world.another()
    await refused(() => late.numbers.buy({ id: offer.id }), 'Buying a sold number')
    same(world.twin.purchases().length, 1, 'Numbers bought at the vendor')
  }),
  check('buy.foreign', 'A number that another provider found is refused before anything is sent', async (world) => {
    await refused(() => world.provider.numbers.buy({ id: 'not-configured:+14155550188' }), 'A foreign offer', { fault: 'caller' })
    same(world.requests().length, 0, 'Requests sent')
  }),
  check('get.same', 'An owned number reads back with what it is and what it can do', async (world) => {
    const { offer, own } = await bought(world)
    const again = await world.provider.numbers.get(own.id)
    same([again.id, again.number], [own.id, offer.number], 'id and number')
    const untrue = own.features.filter((feature) => !again.features.includes(feature))
    same(untrue, [], 'What the answer of buying it said that it can do, and it cannot')
    // While the carrier sets it up, the vendor may not know all of it yet.
    if (own.status === 'active')
      same([...again.features].sort(), [...own.features].sort(), 'What it can do, against the answer of buying it')
    holds(again.features.includes('voice'), 'The number was sold as one for calls, and now cannot call.')
  }),
  check('list.bought', 'What was bought is in the list of owned numbers', async (world) => {
    const { own } = await bought(world)
    world.twin.clock.advance(lag)
    const listed = (await collect(world.provider.numbers.list())).find(({ id }) => id === own.id)
    same(listed?.number, own.number, 'The number in the list')
    same(show(present(listed, 'The number in the list')), settings, 'Its settings in the list')
  }),
  check('list.contains', 'The list of owned numbers can be searched by digits', async (world) => {
    const { own } = await bought(world)
    world.twin.clock.advance(lag)
    const digits = own.number.slice(-4)
    const numbers = await collect(world.provider.numbers.list({ contains: digits }))
    holds(
      numbers.some(({ id }) => id === own.id),
      `The number with ${digits} is not in the list.`,
    )
    for (const { number } of numbers) holds(number.includes(digits), `${number} does not contain ${digits}.`)
  }),
  check('configure.changes', 'Configuring a number changes what is named, and leaves the rest', async (world) => {
    const { own } = await bought(world)
    const callUrl = 'https://example.com/calls/new'
    const changed = await world.provider.numbers.configure({ id: own.id, callUrl })
    same(changed.id, own.id, 'The id')
    same(show(present(atTwin(world, own.number), 'The number at the vendor')), { ...settings, callUrl }, 'Settings at the vendor')
    same(show(await world.provider.numbers.get(own.id)), { ...settings, callUrl }, 'Settings, read back')
  }),
  check('configure.twice', 'Configuring a number twice is as configuring it once', async (world) => {
    const { own } = await bought(world)
    for (let i = 0; i < 2; i++) await world.provider.numbers.configure({ id: own.id, label: 'Back office' })
    same(atTwin(world, own.number)?.label, 'Back office', 'Label at the vendor')
    same(world.twin.purchases().length, 1, 'Numbers bought at the vendor')
  }),
  check('configure.lost-answer', 'A configuration whose answer is lost is made, or reported as unknown', async (world) => {
    const { own } = await bought(world)
    world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'numbers.update' })
    const result = await outcome(() => world.provider.numbers.configure({ id: own.id, label: 'Back office' }))
    world.twin.faults.clear()
    if (!result.ok) same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
    else same(atTwin(world, own.number)?.label, 'Back office', 'Label at the vendor')
  }),
  check('release.gone', 'A released number is gone: at the vendor, by its id, and from the list', async (world) => {
    const { own } = await bought(world)
    const answer = await world.provider.numbers.release(own.id)
    same([answer.id, answer.released], [own.id, true], 'The answer')
    same(atTwin(world, own.number), undefined, 'The number at the vendor')
    await refused(() => world.provider.numbers.get(own.id), 'Reading a released number', { code: 'not_found' })
    world.twin.clock.advance(lag)
    holds(!(await idsIn(world.provider.numbers.list())).includes(own.id), 'The released number is still in the list.')
  }),
  check('release.twice', 'Releasing a number that is already gone is no error', async (world) => {
    const { own } = await bought(world)
    await world.provider.numbers.release(own.id)
    same((await world.provider.numbers.release(own.id)).released, true, 'The second answer')
  }),
  check('release.lost-answer', 'A release whose answer is lost is made, or reported as unknown', async (world) => {
    const { own } = await bought(world)
    world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'numbers.release' })
    const result = await outcome(() => world.provider.numbers.release(own.id))
    world.twin.faults.clear()
    if (!result.ok) same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
    same(atTwin(world, own.number), undefined, 'The number at the vendor')
  }),
]

/** Five owned numbers, old enough to be listed. */
export async function fiveNumbers(world: TelephonyWorld): Promise<readonly string[]> {
  const ids: string[] = []
  for (const offer of await forSale(world, 5)) {
    ids.push((await buy.run(world.provider, { id: offer.id })).id)
    world.twin.clock.advance(60_000)
  }
  same(ids.length, 5, 'Numbers bought (the twin must have five for sale)')
  world.twin.clock.advance(lag)
  return ids
}
