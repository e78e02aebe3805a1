import { formatHandle, OutcomeUnknownError, ProviderError } from '@do/provider'
import { inTurn, type Mutant } from './mutant.ts'
import { type Driver, misread, mistaken, miswritten, mutant, replaced, retold } from './payments-tools.ts'

const money = ['money.decimals-0', 'money.decimals-2', 'money.decimals-3', 'money.every-currency', 'money.large']
const both = (names: readonly string[]) =>
  ['challenge', 'redirect'].flatMap((way) => names.map((name) => `payments.confirm.${way}-${name}`))
const scaled = (factor: (currency: string) => readonly [bigint, bigint]) => (body: any) => {
  const [times, by] = factor(body.amount.currency)
  body.amount = { ...body.amount, value: String((BigInt(body.amount.value) * times) / by) }
}
const own = (name: string, method: any) => formatHandle(name, String([method].flat()[0]).replace(/^[^:]+:/, ''))

/** Wrong in charging, declining, confirming. */
export const chargingMutants: readonly Mutant[] = [
  miswritten(
    'money/major-units',
    'Takes minor units for major ones.',
    ['payments.create.once', 'payments.create.says-captured', 'payments.get.same', ...money],
    'POST /payments',
    scaled(() => [100n, 1n]),
  ),
  miswritten(
    'money/two-decimals',
    'Thinks that every currency has two decimals.',
    ['money.decimals-0', 'money.decimals-3', 'money.every-currency'],
    'POST /payments',
    scaled((currency) => (currency === 'JPY' ? [100n, 1n] : currency === 'KWD' ? [1n, 10n] : [1n, 1n])),
  ),
  miswritten(
    'money/iso-everywhere',
    "Writes ISO's minor units where the vendor has its own.",
    ['money.every-currency'],
    'POST /payments',
    scaled((currency) => [1n, currency === 'ISK' ? 100n : 1n]),
  ),
  miswritten('money/single-precision', 'Keeps amounts in 32-bit floats.', ['money.large'], 'POST /payments', (body) => {
    body.amount.value = String(Math.fround(Number(body.amount.value)))
  }),
  replaced('money/rounds', 'Rounds what the vendor cannot write.', ['money.exactly-or-not'], 'payments', ({ create }) => ({
    create: (input: any, options: any) => {
      const { amount, currency } = input?.amount ?? {}
      const rounded = typeof amount === 'bigint' && currency === 'KWD' ? (amount / 10n) * 10n : amount
      return create({ ...input, amount: { amount: rounded, currency } }, options)
    },
  })),
  miswritten(
    'money/refund-rounds',
    'Refunds whole units only.',
    ['money.refund-parts', 'refunds.create.part', 'refunds.get.same'],
    'POST /refunds',
    (body) => {
      body.amount.value = String((BigInt(body.amount.value) / 1000n) * 1000n + 100n)
    },
  ),
  mutant(
    'own-data/dropped',
    "Does not pass on the merchant's own data.",
    [
      ...['payments.create.own-data', 'payments.get.same', 'checkout.get.same', 'customers.create.kept', 'accounts.get.same'],
      ...['payouts.create.leaves', 'subscriptions.create.charges', 'invoices.get.same', 'products.create.kept'],
    ],
    {
      at: (at) => ({
        ...at,
        fetch: (input, init) => {
          const { reference: _, metadata: __, ...body } = JSON.parse(String(init?.body ?? '{}'))
          return at.fetch(input, { ...init, ...(init?.body == null ? {} : { body: JSON.stringify(body) }) })
        },
      }),
    },
  ),
  misread(
    'own-data/mixed',
    'Shows its own data among the merchant’s.',
    ['payments.create.own-data', 'payments.create.no-data'],
    'pay',
    (thing) => {
      thing.metadata = { ...thing.metadata, do_reference: 'do-1' }
    },
  ),
  replaced(
    'method/first',
    'Takes the first of several methods, whoever knows it.',
    ['payments.create.own-method'],
    'payments',
    ({ create }) => ({
      create: (input: any, options: any) => create({ ...input, method: [input.method].flat()[0] }, options),
    }),
  ),
  replaced(
    'method/any',
    'Takes any method for one of its own.',
    ['payments.create.foreign-method', 'payments.confirm.foreign-method'],
    'payments',
    ({ create, confirm }, { name }) => ({
      create: (input: any, options: any) => create({ ...input, method: own(name, input.method) }, options),
      confirm: (input: any, options: any) =>
        confirm({ ...input, ...(input.method === undefined ? {} : { method: own(name, input.method) }) }, options),
    }),
  ),
  miswritten(
    'descriptor/dropped',
    'Drops the text for the card statement.',
    ['payments.create.descriptor'],
    'POST /payments',
    (body) => {
      delete body.descriptor
    },
  ),
  miswritten(
    'off-session/asks',
    'Asks the payer who is not there.',
    ['payments.create.stored-method'],
    'POST /payments',
    (body) => {
      if (body.off_session) body.method = 'pm_challenge'
    },
  ),
  miswritten('save-method/dropped', 'Keeps no method.', ['payments.create.save-method'], 'POST /payments', (body) => {
    delete body.save_method
  }),
  replaced(
    'decline/success',
    'Takes a decline for success.',
    ['declined', 'insufficient-funds', 'decline-once', 'decline-read', 'decline-then-ok'].map(
      (name) => `payments.create.${name}`,
    ),
    'payments',
    ({ create }, { name }) => ({
      create: (input: any, options: any) =>
        create(input, options).catch((error: ProviderError) =>
          error.fault === 'declined'
            ? { id: formatHandle(name, 'pay_00000000deadbeef'), status: 'captured', amount: input.amount }
            : Promise.reject(error),
        ),
    }),
  ),
  mutant('decline/alike', 'Calls every decline the same.', ['payments.create.insufficient-funds'], {
    driver: (driver: Driver) => ({ ...driver, errors: { ...driver.errors, no_money: driver.errors.card_refused as never } }),
  }),
  replaced('decline/again', 'Tries a declined card once more.', ['payments.create.decline-once'], 'payments', ({ create }) => ({
    create: (input: any, options: any) =>
      create(input, options).catch((error: ProviderError) =>
        error.fault === 'declined' ? create(input) : Promise.reject(error),
      ),
  })),
  replaced(
    'resolve/makes',
    'Finds out what became of a lost charge by charging again under its key.',
    ['payments.create.asking-makes-nothing', 'payments.create.found-absent'],
    'payments',
    ({ create }) => ({
      create: (input: any, options: any) =>
        create(input, options).catch((error: unknown) => {
          if (!OutcomeUnknownError.is(error)) throw error
          const { name: _, effect: __, ...fields } = error.toJSON()
          const again = async () => ({ effect: 'done', value: await create(input, { idempotencyKey: error.key }) }) as const
          throw new OutcomeUnknownError(fields, error.key, again)
        }),
    }),
  ),
  retold(
    'forgets-reference',
    'Does not say by which request a thing was made.',
    ['payments.create.told'],
    ({ reference: _, ...event }) => event,
  ),
  misread(
    'decline/silent',
    'Does not say why a payment failed.',
    ['payments.create.decline-read', 'payments.create.fails-later', ...both(['fails'])],
    'pay',
    (thing) => delete thing.failure,
  ),
  miswritten(
    'confirm/too-early',
    'Charges a card of its own choice when none is given.',
    ['payments.confirm.later', 'payments.confirm.declined'],
    'POST /payments',
    (body) => {
      body.method ??= 'pm_ok'
    },
  ),
  misread(
    'action/hidden',
    'Does not say what the payer has to do.',
    both(['succeeds', 'fails', 'abandoned', 'without-result', 'same-id']),
    'pay',
    (thing) => delete thing.action,
  ),
  mistaken('pay', 'waiting', 'captured', both(['succeeds', 'abandoned'])),
  miswritten(
    'action/result-lost',
    'Drops what the payer brought back.',
    both(['succeeds', 'fails', 'without-result']),
    'POST /payments/:id/confirm',
    (body) => {
      delete body.result
    },
  ),
  replaced(
    'action/another-id',
    'Gives a confirmed payment another id.',
    both(['same-id', 'succeeds']),
    'payments',
    ({ confirm }) => ({
      confirm: async (input: any, options: any) => {
        const payment = await confirm(input, options)
        return { ...payment, id: payment.id.replace(/.{4}$/, '0000') }
      },
    }),
  ),
  mistaken(
    'pay',
    'processing',
    'captured',
    ['pending', 'succeeds-later', 'fails-later'].map((name) => `payments.create.${name}`),
  ),
  mistaken('pay', 'failed', 'processing', ['payments.create.fails-later', 'payments.create.decline-read']),
]

const captures = ['whole', 'at-once', 'part', 'several', 'too-much', 'other-currency', 'twice', 'too-late']

/** Wrong in capturing and giving back. */
export const capturingMutants: readonly Mutant[] = [
  miswritten(
    'capture/at-once',
    'Takes the money although it shall only be reserved.',
    [
      'payments.create.authorizes',
      ...captures.map((name) => `payments.capture.${name}`),
      'payments.cancel.frees',
      'payments.cancel.twice',
      'refunds.create.unpaid',
    ],
    'POST /payments',
    (body) => {
      delete body.capture
    },
  ),
  miswritten(
    'capture/whole',
    'Captures everything, whatever the amount.',
    ['part', 'several', 'too-much', 'other-currency'].map((name) => `payments.capture.${name}`),
    'POST /payments/:id/capture',
    (body) => {
      delete body.amount
    },
  ),
  miswritten(
    'capture/other-currency',
    'Drops the currency of a capture.',
    ['payments.capture.other-currency'],
    'POST /payments/:id/capture',
    (body) => {
      if (body.amount !== undefined) body.amount.currency = 'EUR'
    },
  ),
  miswritten(
    'capture/final',
    'Lets the rest go at the first capture.',
    ['payments.capture.several'],
    'POST /payments/:id/capture',
    (body) => {
      delete body.final
    },
  ),
  replaced(
    'capture/unsure',
    'Says that a capture is under way when it is done.',
    ['payments.capture.at-once'],
    'payments',
    ({ capture }) => ({
      capture: async (input: any, options: any) => ({ ...(await capture(input, options)), status: 'processing' }),
    }),
  ),
  mistaken('pay', 'expired', 'authorized', ['payments.capture.too-late']),
  replaced(
    'cancel/refunds',
    'Refunds what it cannot cancel.',
    ['payments.cancel.captured'],
    'payments',
    ({ cancel, get }, { refunds }) => ({
      cancel: (id: string, options: any) =>
        cancel(id, options).catch(async () =>
          inTurn(refunds.create({ payment: id }), async () => ({ ...(await get(id)), status: 'canceled' })),
        ),
    }),
  ),
  replaced(
    'cancel/once',
    'Fails when the payment is already canceled.',
    ['payments.cancel.twice'],
    'payments',
    ({ cancel, get }) => ({
      cancel: async (id: string, options: any) => {
        if ((await get(id)).status === 'canceled')
          throw new ProviderError({ effect: 'none', fault: 'caller', code: 'not_cancelable', message: 'It is canceled.' })
        return cancel(id, options)
      },
    }),
  ),
  miswritten(
    'refund/whole',
    'Refunds everything, whatever the amount.',
    ['part', 'parts', 'rest', 'too-much', 'captured-only', 'other-currency'].map((name) => `refunds.create.${name}`),
    'POST /refunds',
    (body) => {
      delete body.amount
    },
  ),
  miswritten(
    'refund/other-currency',
    'Drops the currency of a refund.',
    ['refunds.create.other-currency'],
    'POST /refunds',
    (body) => {
      if (body.amount !== undefined) body.amount.currency = 'EUR'
    },
  ),
  replaced(
    'refund/original-amount',
    'Takes the amount of the payment for what is left of it.',
    ['refunds.create.rest'],
    'refunds',
    ({ create }, { payments }) => ({
      create: async (input: any, options: any) =>
        create(
          {
            ...input,
            ...(input.payment === undefined ? {} : { amount: input.amount ?? (await payments.get(input.payment)).amount }),
          },
          options,
        ),
    }),
  ),
  misread(
    'refund/other-amount',
    'Misreads the amount of a refund.',
    ['refunds.create.all', 'refunds.create.part', 'refunds.get.same', 'refunds.get.outside'],
    're',
    (thing) => {
      thing.amount = { ...thing.amount, value: '1' }
    },
  ),
  misread(
    'refund/for-ever-pending',
    'Reads every refund as under way.',
    ['refunds.get.same', 'refunds.get.failed'],
    're',
    (thing) => {
      thing.status = 'pending'
    },
  ),
  retold('refund-never-fails', 'Does not hear that a refund failed.', ['refunds.create.fails-later'], (event) =>
    event.type === 'refund.updated' && event.status === 'failed' ? { ...event, status: 'succeeded' } : event,
  ),
  replaced('refund/own-only', 'Lists only what it made itself.', ['refunds.get.outside'], 'refunds', ({ list }) => ({
    list: (...given: unknown[]) => ({
      ...list(...given),
      page: async (cursor?: string) => {
        const { items, ...rest } = await list(...given).page(cursor)
        return { ...rest, items: items.filter(({ raw }: any) => raw.client_ref !== undefined) }
      },
    }),
  })),
]
