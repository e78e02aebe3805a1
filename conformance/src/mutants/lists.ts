import { type Listing, listing } from '@do/provider'
import { changed, type Interface, type Mutant } from './mutant.ts'

const targets: readonly { name: string; interface: Interface; group?: string; method?: string }[] = [
  { name: 'sms.list', interface: 'sms' },
  { name: 'telephony.calls.list', interface: 'telephony', group: 'calls' },
  { name: 'telephony.numbers.list', interface: 'telephony', group: 'numbers' },
  { name: 'payments.payments.list', interface: 'payments', group: 'payments' },
  { name: 'payments.refunds.list', interface: 'payments', group: 'refunds' },
  { name: 'payments.customers.list', interface: 'payments', group: 'customers' },
  { name: 'payments.balance.transactions', interface: 'payments', group: 'balance', method: 'transactions' },
]

type List = (input?: any, options?: any) => Listing<any>

const mistakes: readonly (readonly [string, string, readonly string[], (list: List) => List])[] = [
  [
    'reads-at-once',
    'Reads the first page before anybody asks.',
    ['lazy'],
    (list) => (input, options) => {
      const items = list(input, options)
      items.page().catch(() => {})
      return items
    },
  ],
  [
    'first-page-only',
    'Forgets that there are further pages.',
    ['all-pages', 'resumes'],
    (list) => (input, options) => listing(async (cursor) => ({ items: (await list(input, options).page(cursor)).items })),
  ],
  [
    'ignores-limit',
    'Takes pages as long as it likes.',
    ['page-limit'],
    (list) => (input, options) => list({ ...input, limit: undefined }, options),
  ],
  [
    'starts-again',
    'Begins from the start whatever the cursor.',
    ['resumes', 'all-pages'],
    (list) => (input, options) => listing(async () => list(input, options).page()),
  ],
  [
    'cursor-for-ever',
    'Gives a cursor with every page, also with the last.',
    ['resumes', 'page-limit'],
    (list) => (input, options) => {
      let last: string | undefined
      let turn = 0
      return listing(async (cursor) => {
        const page = await list(input, options).page(cursor?.startsWith('again') ? last : cursor)
        last = page.cursor ?? last
        return { ...page, cursor: page.cursor ?? `again${turn++}` }
      })
    },
  ],
  [
    'reads-ahead',
    'Reads all pages before it gives the first item.',
    ['stops'],
    (list) => (input, options) => {
      const items = list(input, options)
      return {
        ...items,
        async *[Symbol.asyncIterator]() {
          const all: unknown[] = []
          for await (const item of items) all.push(item)
          yield* all
        },
      }
    },
  ],
  [
    'breaks-off-silently',
    'Ends the list where a page cannot be read.',
    ['fails-typed'],
    (list) => (input, options) =>
      listing((cursor) =>
        list(input, options)
          .page(cursor)
          .catch(() => ({ items: [] })),
      ),
  ],
  [
    'gives-up-reading',
    'Fails the whole list for one passing fault.',
    ['survives-hiccup'],
    (list) => (input, options) =>
      listing((cursor) => {
        let attempts = 0
        const onTrail = (trail: readonly { action: string }[]) => {
          attempts = trail.filter(({ action }) => action === 'attempt').length
        }
        return list(input, { ...options, onTrail })
          .page(cursor)
          .then((page) => (attempts > 1 ? Promise.reject(new Error('The first attempt failed.')) : page))
      }),
  ],
]

export const listMutants: readonly Mutant[] = targets.flatMap((target) =>
  mistakes.map(([id, wrong, caughtBy, broken]) => ({
    id: `${target.name}/${id}`,
    interface: target.interface,
    wrong,
    caughtBy: caughtBy.map((check) => `${target.name}.${check}`),
    options: changed<Interface>(target.interface, {
      provider: (provider) => {
        if (target.group === undefined) return { list: broken(Reflect.get(provider, 'list')) }
        const { group: name, method = 'list' } = target
        const group = Reflect.get(provider, name) as Record<string, List>
        return { [name]: { ...group, [method]: broken(group[method] as List) } }
      },
    }),
  })),
)
