import { formatHandle } from '@do/provider'
import { inTurn, type Mutant, onTheWay } from './mutant.ts'
import { type Driver, type Group, lostIsNone, misread, mutant, replaced, unfiltered } from './telephony-tools.ts'

/** Wrong in searching, buying and giving back numbers. */
export const numberMutants: readonly Mutant[] = [
  misread('numbers/national', 'Shows numbers in their national form.', ['numbers.search.found'], (thing) => {
    if (thing.country !== undefined) thing.country = 'USA'
  }),
  replaced(
    'numbers/search-buys',
    'Reserves, and pays for, what it shows.',
    ['numbers.search.found'],
    'numbers',
    ({ search, buy }) => ({
      search: (...given: unknown[]) => {
        const items = search(...given)
        return {
          ...items,
          async *[Symbol.asyncIterator]() {
            for await (const item of items) {
              await buy({ id: item.id })
              yield item
            }
          },
        }
      },
    }),
  ),
  unfiltered('/available-numbers', 'area_code', 'numbers.search.area-code'),
  unfiltered('/available-numbers', 'contains', 'numbers.search.contains'),
  unfiltered('/available-numbers', 'features', 'numbers.search.features'),
  unfiltered('/available-numbers', 'limit', 'numbers.search.limit'),
  unfiltered('/available-numbers', 'type', 'numbers.search.toll-free'),
  mutant('numbers/near-enough', 'Shows other numbers when none fits.', ['numbers.search.nothing'], {
    at: onTheWay((_, url) => {
      if (url.searchParams.get('contains') === '00000000') url.searchParams.delete('contains')
    }),
  }),
  replaced(
    'numbers/reads-ahead',
    'Reads the whole catalogue before it shows anything.',
    ['numbers.search.stops'],
    'numbers',
    ({ search }) => ({
      search: (...given: unknown[]) => {
        const items = search(...given)
        return {
          ...items,
          async *[Symbol.asyncIterator]() {
            const all: unknown[] = []
            for await (const item of items) all.push(item)
            yield* all
          },
        }
      },
    }),
  ),
  mutant('numbers/another', 'Buys another number when the wanted one is sold.', ['numbers.buy.sold', 'numbers.buy.once'], {
    at: (at) =>
      onTheWay((body, url, method) => {
        if (method === 'POST' && url.pathname.endsWith('/numbers'))
          body.number = at.clock.now() % 2 === 0 ? '+18005554003' : body.number
      })(at),
    provider: (provider) => ({
      numbers: {
        ...provider.numbers,
        buy: async (input: any, options: any) => {
          try {
            return await provider.numbers.buy(input, options)
          } catch {
            const [other] = (await provider.numbers.search({ country: 'US' }).page()).items
            return provider.numbers.buy({ ...input, id: other?.id ?? input.id }, options)
          }
        },
      },
    }),
  }),
  mutant(
    'numbers/no-settings',
    'Buys numbers without their settings.',
    ['numbers.buy.settings', 'numbers.list.bought', 'numbers.configure.changes'],
    {
      at: onTheWay((body, url) => {
        if (url.pathname.endsWith('/numbers')) for (const name of ['label', 'call_url', 'message_url']) delete body[name]
      }),
    },
  ),
  replaced(
    'numbers/any-offer',
    'Buys by the number alone, whoever offered it.',
    ['numbers.buy.foreign'],
    'numbers',
    ({ buy }, _, { name }) => ({
      buy: (input: any, options: any) => buy({ ...input, id: formatHandle(name, input.id.split(':')[1]) }, options),
    }),
  ),
  replaced(
    'numbers/forgets-features',
    'Does not say what an owned number can do.',
    ['numbers.get.same'],
    'numbers',
    ({ get }) => ({
      get: async (id: any, options: any) => ({ ...(await get(id, options)), features: [] }),
    }),
  ),
  unfiltered('/numbers', 'contains', 'numbers.list.contains'),
  mutant('numbers/puts-all', 'Clears the settings that it is not given.', ['numbers.configure.changes'], {
    at: onTheWay((body, _, method) => {
      if (method === 'PATCH') for (const name of ['label', 'call_url', 'message_url']) body[name] ??= ''
    }),
  }),
  replaced(
    'numbers/configures-nothing',
    'Answers with the wanted settings, and sends nothing.',
    ['numbers.configure.changes', 'numbers.configure.twice', 'numbers.configure.lost-answer'],
    'numbers',
    ({ get }) => ({
      configure: async (input: any) => ({ ...(await get(input.id)), ...input }),
    }),
  ),
  replaced(
    'numbers/lost-configuration',
    'Says that nothing was configured when the answer is lost.',
    ['numbers.configure.lost-answer'],
    'numbers',
    lostIsNone('configure', (id) => `/numbers/${id}`, 'PATCH', { label: 'Back office' }),
  ),
  replaced(
    'numbers/keeps',
    'Says released, and keeps paying.',
    ['numbers.release.gone', 'numbers.release.lost-answer'],
    'numbers',
    () => ({
      release: async (id: string) => ({ id, released: true }),
    }),
  ),
  mutant('numbers/release-once', 'Fails when the number is already gone.', ['numbers.release.twice'], {
    driver: (driver: Driver) => {
      const { numbers } = driver.operations as { numbers: Group }
      return {
        ...driver,
        operations: {
          ...driver.operations,
          numbers: {
            ...numbers,
            release: (id: string, context: any) => inTurn(numbers.get(id, context), () => numbers.release(id, context)),
          },
        },
      } as Driver
    },
  }),
  replaced(
    'numbers/lost-release',
    'Says that nothing was released when the answer is lost.',
    ['numbers.release.lost-answer'],
    'numbers',
    lostIsNone('release', (id) => `/numbers/${id}`, 'DELETE'),
  ),
]
