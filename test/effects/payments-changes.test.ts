import type { TwinFault } from '@do/conformance'
import { Random } from '@do/conformance/kit'
import { OutcomeUnknownError, ProviderError, reconcileIntent } from '@do/provider'
import { expect, it } from 'vitest'
import { faults } from './payments-plan.ts'
import { type Name, never, paymentsWorld, returnUrl, usd, type Way } from './payments-world.ts'

const plans = Number(process.env.PAYMENT_CHANGES ?? 400)
const from = Number(process.env.PAYMENT_CHANGES_FROM ?? 1)
const quiet = 200_000
const hour = 3_600_000

type World = ReturnType<typeof paymentsWorld>
type Given = { readonly id: string; readonly key: string; readonly amount: bigint; readonly whole: boolean }

/** One kind of change, by hand of a handle: what it is done to, what asks for it, and what it left at the vendor. */
interface Change {
  readonly name: string
  readonly at: Name
  /** The vendor's requests that make it; the last moves the money. */
  readonly requests: readonly string[]
  readonly lookUps: readonly string[]
  prepare(world: World): Promise<string>
  run(payments: ReturnType<World['start']>['payments'], given: Given): Promise<{ id: string }>
  /** Amounts moved, one for each time. */
  moved(world: World, id: string): readonly bigint[]
}

const total = 90_000n
const bare = (handle: string) => handle.slice(handle.indexOf(':') + 1)

const pay = async (world: World, at: Name, capture: 'automatic' | 'manual') => {
  const { payments } = world.start([at])
  const method = `${at}:${world.twins[at].methods.ok}`
  return (await payments.payments.create({ amount: usd(total), method, capture, returnUrl })).id
}

const refund = (at: Name): Change => ({
  name: `refund at ${at}`,
  at,
  requests: ['refunds.create'],
  lookUps: ['refunds.list', 'payments.get', 'refunds.get'],
  prepare: (world) => pay(world, at, 'automatic'),
  run: ({ refunds }, { id, key, amount, whole }) =>
    refunds.create({ payment: id, ...(whole ? {} : { amount: usd(amount) }) }, { idempotencyKey: key }),
  moved: ({ twins }, id) =>
    twins[at]
      .refunds()
      .filter(({ payment }) => payment === bare(id))
      .map(({ amount }) => amount),
})

const capture = (at: Name): Change => ({
  name: `capture at ${at}`,
  at,
  requests: at === 'square' ? ['payments.update', 'payments.capture', 'payments.complete'] : ['payments.capture'],
  lookUps: ['payments.get'],
  prepare: (world) => pay(world, at, 'manual'),
  run: ({ payments }, { id, key, amount, whole }) =>
    payments.capture({ id, ...(whole ? {} : { amount: usd(amount) }) }, { idempotencyKey: key }),
  moved: ({ twins }, id) =>
    twins[at]
      .payments()
      .filter((one) => one.id === bare(id) && one.captured > 0n)
      .map(({ captured }) => captured),
})

/** Money that is there at once, to be passed on. */
const funds = async (world: World) => {
  const { payments } = world.start(['stripe'])
  await payments.payments.create({ amount: usd(500_000n), method: 'stripe:pm_card_bypassPending', returnUrl })
}

const transfer: Change = {
  name: 'transfer at stripe',
  at: 'stripe',
  requests: ['transfers.create'],
  lookUps: ['transfers.list'],
  prepare: async (world) => {
    await funds(world)
    const { id } = await world.start(['stripe']).payments.accounts.create({ country: 'US', email: 'seller@example.com' })
    await world.twins.stripe.onboard(bare(id), 'complete')
    return id
  },
  run: ({ transfers }, { id, key, amount }) => transfers.create({ account: id, amount: usd(amount) }, { idempotencyKey: key }),
  moved: ({ twins }) => twins.stripe.transfers().map(({ amount }) => amount),
}

const payout: Change = {
  name: 'payout at stripe',
  at: 'stripe',
  requests: ['payouts.create'],
  lookUps: ['payouts.list'],
  prepare: async (world) => {
    await funds(world)
    return ''
  },
  run: ({ payouts }, { key, amount }) => payouts.create({ amount: usd(amount) }, { idempotencyKey: key }),
  moved: ({ twins }) => twins.stripe.payouts().map(({ amount }) => amount),
}

const changes = [...(['stripe', 'adyen', 'square'] as const).flatMap((at) => [refund(at), capture(at)]), transfer, payout]

async function runPlan(seed: number, counts: Record<string, number>) {
  const random = new Random(seed * 104_729)
  const chance = (share: number) => random.next() < share
  const change = changes[seed % changes.length] as Change
  const world = paymentsWorld()
  const { faults: at } = world.twins[change.at]
  const id = await change.prepare(world)
  await world.calm(60_000)
  // Adyen cannot be asked how much the whole is.
  const whole = change.at !== 'adyen' && 'refund capture'.includes(change.name.split(' ')[0] as string) && chance(0.4)
  const given: Given = { id, key: `change-${seed}`, amount: BigInt(1 + random.int(90_000)), whole }
  const expected = whole ? total : given.amount
  const chosen: TwinFault[] = Array.from({ length: 1 + (chance(0.4) ? random.int(3) : 0) }, () => random.pick(faults)[0]).filter(
    (fault) => fault !== undefined,
  )
  for (const operation of change.requests) for (const fault of chosen) at.next(fault, { operation })
  const blind = chance(0.2)
  const darken = () => {
    if (blind) for (const operation of change.lookUps) at.always({ kind: 'error', status: 500, when: 'before' }, { operation })
  }
  darken()
  const lost = chance(0.25)
    ? { reaches: chance(0.5), pause: random.pick([0, 60_000, 2 * hour, 24 * hour - 500, 25 * hour]) }
    : undefined
  const together = lost === undefined && chance(0.2)
  const options = { deadline: chance(0.3) ? 12_000 : 600_000 }
  const label = `${change.name} ${seed} ${whole ? 'whole' : expected} ${JSON.stringify({ chosen, blind, lost, together, ...options })}`
  const most = (when: string) => {
    const moved = change.moved(world, id)
    expect(moved.length, `${when} ${label}`).toBeLessThanOrEqual(1)
    if (moved.length === 1) expect(moved, `${when} ${label}`).toEqual([expected])
    return moved.length
  }
  const settled = async (call: Promise<{ id: string }>) =>
    call.then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => {
        if (!ProviderError.is(error)) throw error
        return { value: undefined, error }
      },
    )

  let process = world.start([change.at], options)
  if (lost !== undefined) {
    const isLast = ({ method, url }: Request) =>
      method === 'POST' && /(captures|capture|complete|refunds|transfers|payouts)$/.test(new URL(url).pathname)
    let die: () => void = () => {}
    const died = new Promise<void>((resolve) => {
      die = resolve
    })
    const way: Way = async (_, request, next) => {
      if (!isLast(request)) return next()
      if (lost.reaches) await next().catch(() => {})
      dying.die()
      die()
      return never()
    }
    const dying = world.start([change.at], { ...options, way })
    const ended = change.run(dying.payments, given).catch(() => {})
    await Promise.race([died, ended])
    world.clock.advance(lost.pause)
    process = world.start([change.at], options)
    for (const intent of await world.store.unresolved()) await reconcileIntent(process.payments, intent)
    most('reconciled')
  }
  const calls = together ? [process, world.start([change.at], options)] : [process]
  const answers = await Promise.all(calls.map(({ payments }) => settled(change.run(payments, given))))
  // What Adyen took on it does within a minute.
  await world.twins[change.at].advance(0)
  for (const { value, error } of answers) {
    if (value === undefined && error?.effect === 'none' && !together) expect(most('none'), label).toBe(0)
    counts[value === undefined ? (error?.effect ?? '') : 'done'] =
      (counts[value === undefined ? (error?.effect ?? '') : 'done'] ?? 0) + 1
  }
  await world.calm(0)
  await world.twins[change.at].advance(quiet)
  const count = most('later')
  if (answers.some(({ value }) => value !== undefined)) expect(count, label).toBe(1)
  const [{ error } = { error: undefined }] = answers
  if (!together && OutcomeUnknownError.is(error)) {
    const { effect } = await error.resolve()
    await world.twins[change.at].advance(quiet)
    counts[`settled ${effect}`] = (counts[`settled ${effect}`] ?? 0) + 1
    // Asking moves nothing; what cannot be asked for stays unknown.
    expect(most('resolved'), label).toBe(effect === 'unknown' ? count : effect === 'done' ? 1 : 0)
    if (effect === 'unknown') expect(change.at, label).toBe('adyen')
  }
  const again = await settled(change.run(world.start([change.at]).payments, given))
  await world.twins[change.at].advance(quiet)
  if (again.value !== undefined) expect(most('again'), label).toBe(1)
  else if (again.error.effect === 'none') expect(most('again'), label).toBe(0)
  for (const { value } of answers) if (value !== undefined) expect(again.value?.id, label).toBe(value.id)
}

it(`${plans} random plans of refunds, captures, transfers and payouts: none is made twice, and amounts are exact`, async () => {
  const counts: Record<string, number> = {}
  for (let seed = from; seed < from + plans; seed++) await runPlan(seed, counts)
  if (plans >= 400)
    for (const ending of ['done', 'none', 'unknown', 'settled done', 'settled none'])
      expect(counts[ending] ?? 0, `${ending}: ${JSON.stringify(counts)}`).toBeGreaterThan(3)
}, 120_000)
