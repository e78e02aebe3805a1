import { dayMs, formatDay } from '../days.ts'
import type { EntryInput, Line } from '../types.ts'
import { apply, expire, pendingOf, refusals, sumOf } from './model.ts'
import { attempt, bodyOf, complain, postAndCompare, randomEntry, randomLines, settleRefusal } from './steps.ts'
import { names, type World } from './world.ts'

type Operation = (world: World) => void

/** What happens in a step, and how often. */
export const operations: readonly (readonly [weight: number, operation: Operation])[] = [
  [30, (world) => postAndCompare(world, randomEntry(world), undefined)],
  [20, (world) => postAndCompare(world, randomEntry(world), `key-${world.step}`)],
  [3, elsewhere((world) => postAndCompare(world, randomEntry(world), undefined))],
  [10, repeatKey],
  [4, batch],
  [8, placeHold],
  [8, resolveHold],
  [6, reverseOne],
  [5, badInput],
  [3, draftAndPost],
  [4, tick],
  [1, lockOrUnlock],
  [2, openOrClose],
  [2, elsewhere(openOrClose)],
  [2, (world) => world.reopen()],
  [2, split],
]

/** By another process on the same books: what this one remembers of them is then old. */
function elsewhere(operation: Operation): Operation {
  return (world) => {
    const { ledger } = world
    world.reopen()
    operation(world)
    world.ledger = ledger
  }
}

function tick({ model, random, ledger }: World): void {
  // Clocks go back now and then. What a refused change would have expired before that has to be expired by itself: the model
  // knows nothing of what was undone.
  ledger.holds.expire()
  expire(model)
  model.now += random.chance(0.1) ? -random.int(dayMs) : random.int(dayMs)
}

/** I7, I8: the same key again, with the same or another body. */
function repeatKey(world: World): void {
  const { model, random, ledger } = world
  const [key, known] = random.pick([...model.keys].slice(-60)) ?? []
  if (key === undefined || known === undefined || known.body === '') return
  const [date, description, metadata, lines] = JSON.parse(known.body)
  const input: EntryInput = {
    date,
    description,
    ...(metadata === null || metadata === undefined ? {} : { metadata }),
    lines: lines.map((line: Line & { readonly amount: string }) => ({ ...line, amount: BigInt(line.amount) })),
  }
  if (random.chance(0.3)) {
    const other = attempt(world, () => ledger.post({ ...input, description: `${description}!` }, { key }))
    if (!('crashed' in other) && !('error' in other && other.error.code === 'idempotency_key_reused'))
      world.violated('I7', `The key ${key} took another body.`)
    return
  }
  if (known.state === 'refused') {
    const again = attempt(world, () => ledger.post(input, { key }), false)
    if (!('error' in again) || again.error.code !== 'refused')
      world.violated('I8', `The refused key ${key} answered something else.`)
    if (random.chance(0.5)) retry(world, input, key)
    return
  }
  const again = attempt(world, () => ledger.post(input, { key, retryRefused: random.chance(0.5) }))
  if ('crashed' in again) return
  if (!('value' in again) || again.value.id !== known.result) world.violated('I7', `The key ${key} did not give what it gave.`)
}

/** I8: a way to pay is left. */
function retry(world: World, input: EntryInput, key: string): void {
  const { model, ledger } = world
  expire(model)
  const day = Date.parse(`${input.date}T00:00:00Z`) / dayMs
  const expected = refusals(model, input.lines, day, false)
  const result = attempt(world, () => ledger.post(input, { key, retryRefused: true }), false)
  const body = model.keys.get(key)?.body ?? ''
  if ('value' in result) {
    if (expected.size > 0) complain(world, 'was posted', [...expected])
    apply(model, input.lines, day, result.value.hash ?? '')
    model.keys.set(key, { state: 'applied', body, result: result.value.id })
  } else if ('error' in result) {
    if (!expected.has(result.error.code as 'overdraft'))
      world.violated('I8', `No way to pay is left under ${key}: ${result.error.code}.`)
    else model.keys.set(key, { state: 'refused', body, code: result.error.code })
  }
}

function batch(world: World): void {
  const { model, random, ledger } = world
  expire(model)
  const plain = random.chance(0.5)
  const keyed = random.chance(0.5)
  const entries = Array.from({ length: 2 + random.int(14) }, () => (plain ? plainEntry(world) : randomEntry(world)))
  const keyAt = (index: number) => `batch-${world.step}-${index}`
  const items = entries.map(({ day: _, ...entry }, index) => (keyed ? { entry, key: keyAt(index) } : { entry }))
  const result = attempt(world, () => ledger.postAll(items))
  const count = model.entries.length
  const found = 'error' in result ? [] : world.ledger.entries({ after: count })
  if (found.length !== 0 && found.length !== entries.length)
    world.violated('I17', `Of ${entries.length} entries ${found.length} were posted.`)
  // One after the other, as if they had been posted so; where one is refused none may have been.
  const sums = [...model.accounts.values()].map(({ debit, credit }) => [new Map(debit), new Map(credit)] as const)
  let refused: string[] = []
  let at = 0
  for (const { lines, day } of entries) {
    refused = [...refusals(model, lines, day, false)]
    if (refused.length > 0) break
    apply(model, lines, day, found[at]?.hash ?? '')
    at += 1
  }
  if (refused.length === 0 && found.length > 0) {
    if (keyed)
      items.forEach(({ entry }, index) => {
        model.keys.set(keyAt(index), { state: 'applied', body: bodyOf(entry), result: found[index]?.id ?? '' })
      })
    return
  }
  if (keyed && refused.length > 0) settleRefusal(world, keyAt(at))
  if (refused.length === 0 && 'error' in result) complain(world, `refused with ${result.error.code}: ${result.error.message}`, [])
  if (refused.length > 0 && found.length > 0) complain(world, 'was posted', refused)
  model.entries.length = count
  ;[...model.accounts.values()].forEach(({ debit, credit }, index) => {
    for (const [map, before] of [
      [debit, sums[index]?.[0]],
      [credit, sums[index]?.[1]],
    ] as const) {
      map.clear()
      for (const [currency, sum] of before ?? []) map.set(currency, sum)
    }
  })
}

/** Two lines and nothing more: a batch of such is written in another way. */
function plainEntry(world: World): ReturnType<typeof randomEntry> {
  const { metadata: _, ...entry } = randomEntry(world)
  const [line] = entry.lines as readonly [Line, ...Line[]]
  const account = world.random.pick(names.filter((name) => name !== line.account))
  const other: Line = { ...line, account, side: line.side === 'debit' ? 'credit' : 'debit' }
  return { ...entry, lines: world.random.chance(0.5) ? [line, other] : [other, line] }
}

function placeHold(world: World): void {
  const { model, random, ledger } = world
  expire(model)
  const lines = randomLines(world)
  const day = Math.floor(model.now / dayMs)
  const expiresAt = random.chance(0.5) ? model.now + random.int(2 * dayMs) + 1 : undefined
  const expected = refusals(model, lines, day, true)
  const input = { date: formatDay(day), description: 'hold', lines, ...(expiresAt === undefined ? {} : { expiresAt }) }
  const result = attempt(world, () => ledger.holds.place(input))
  if ('error' in result) {
    if (!expected.has(result.error.code as 'overdraft')) complain(world, `refused with ${result.error.code}`, [...expected])
    return
  }
  const stored = world.database.prepare('SELECT count(*) AS count FROM ledger_holds').get()?.count
  if ('crashed' in result && stored === model.holds.length) return
  if (expected.size > 0) complain(world, 'was held', [...expected])
  model.holds.push({ lines, day, expiresAt, state: 'pending' })
}

/** I10: commit, in part or whole, void; each once. */
function resolveHold(world: World): void {
  const { model, random, ledger } = world
  if (model.holds.length === 0) return
  expire(model)
  const index = Math.max(0, model.holds.length - 1 - random.int(12))
  const hold = model.holds[index] as (typeof model.holds)[number]
  const id = `hold_${index + 1}`
  if (random.chance(0.4)) {
    const result = attempt(world, () => ledger.holds.void(id), false)
    if ('error' in result !== (hold.state === 'committed'))
      world.violated('I10', `Voiding ${id}, which is ${hold.state}, answered otherwise.`)
    if (hold.state === 'pending') hold.state = 'voided'
    return
  }
  const half = hold.lines.length === 2 && random.chance(0.4)
  const lines = half ? hold.lines.map((line) => ({ ...line, amount: (line.amount + 1n) / 2n })) : hold.lines
  const was = hold.state
  hold.state = 'committed'
  const expected = refusals(model, lines, hold.day, false)
  hold.state = was
  const result = attempt(
    world,
    () => ledger.holds.commit(id, half ? { amounts: lines.map(({ amount }) => amount) } : {}),
    false,
    'I10',
  )
  if (was !== 'pending') {
    if (!('error' in result) || result.error.code !== 'hold_resolved')
      world.violated('I10', `${id}, which is ${was}, was committed.`)
  } else if ('value' in result) {
    if (expected.size > 0) complain(world, 'was committed', [...expected])
    hold.state = 'committed'
    apply(model, lines, hold.day, world.ledger.entry(result.value.entry ?? '')?.hash ?? '')
  } else if ('error' in result && !expected.has(result.error.code as 'overdraft')) {
    world.violated('I10', `${id} could not be committed: ${result.error.code}.`)
  }
}

/** I12. */
function reverseOne(world: World): void {
  const { model, random, ledger } = world
  if (model.entries.length === 0) return
  expire(model)
  const index = random.int(model.entries.length)
  const original = model.entries[index] as (typeof model.entries)[number]
  const day = Math.max(Math.floor(model.now / dayMs), original.day)
  const lines = original.lines.map((line): Line => ({ ...line, side: line.side === 'debit' ? 'credit' : 'debit' }))
  const expected = refusals(model, lines, day, false)
  const result = attempt(world, () => ledger.reverse(`entry_${index + 1}`), false, 'I12')
  if ('value' in result) {
    if (original.reversed) world.violated('I12', `entry_${index + 1} was reversed twice.`)
    else if (expected.size > 0) complain(world, 'was reversed', [...expected])
    const same = JSON.stringify(lines.map(String)) === JSON.stringify(result.value.lines.map(String))
    const amounts = (list: readonly Line[]) =>
      list.map(({ account, side, amount, currency }) => `${account} ${side} ${amount} ${currency}`).join()
    if (!same || amounts(lines) !== amounts(result.value.lines))
      world.violated('I12', 'A reversal is not the opposite of its entry.')
    apply(model, result.value.lines, day, result.value.hash ?? '', index + 1)
    original.reversed = true
  } else if ('error' in result && !original.reversed && !expected.has(result.error.code as 'overdraft')) {
    world.violated('I12', `entry_${index + 1} could not be reversed: ${result.error.code}.`)
  }
}

/** Every kind of input that must be refused whatever the books say. */
function badInput(world: World): void {
  const { random, ledger } = world
  const { day: _, ...entry } = randomEntry(world)
  const [first, ...rest] = entry.lines as [Line, ...Line[]]
  const bad = random.pick([
    ['I19', 'invalid_amount', { ...entry, lines: [{ ...first, amount: 1.5 as unknown as bigint }, ...rest] }],
    [
      'I19',
      'invalid_amount',
      {
        ...entry,
        lines: [
          { ...first, amount: 2n ** 63n },
          { ...first, side: 'credit', amount: 2n ** 63n },
        ],
      },
    ],
    [
      'I1',
      'invalid_amount',
      {
        ...entry,
        lines: [
          { ...first, amount: -5n },
          { ...first, side: 'credit', amount: -5n },
        ],
      },
    ],
    [
      'I1',
      'unbalanced',
      {
        ...entry,
        lines: [
          { ...first, amount: 7n },
          { ...first, side: 'credit', amount: 8n },
        ],
      },
    ],
    [
      'I14',
      'unbalanced',
      {
        ...entry,
        lines: [
          { ...first, amount: 7n, currency: 'USD' },
          { ...first, side: 'credit', amount: 7n, currency: 'EUR' },
        ],
      },
    ],
  ] as const)
  const [invariant, code, input] = bad
  const result = attempt(world, () => ledger.post(input as EntryInput), false, invariant)
  if (!('error' in result) || result.error.code !== code) world.violated(invariant, `${code} was not refused.`)
}

function draftAndPost(world: World): void {
  const { model, ledger } = world
  expire(model)
  const { day, ...entry } = randomEntry(world)
  const expected = refusals(model, entry.lines, day, false)
  const { id } = ledger.draft(entry)
  const result = attempt(world, () => ledger.postDraft(id), false)
  if ('value' in result) {
    if (expected.size > 0) complain(world, 'was posted', [...expected])
    apply(model, entry.lines, day, result.value.hash ?? '')
    const twice = attempt(world, () => ledger.postDraft(id), false)
    if (!('error' in twice)) world.violated('I7', `${id} was posted twice.`)
  } else ledger.discard(id)
}

function lockOrUnlock({ model, random, ledger }: World): void {
  const day = Math.floor(model.now / dayMs) - 20 - random.int(60)
  if (day > model.locked && random.chance(0.7)) {
    ledger.periods.lock(formatDay(day))
    model.locked = day
  } else if (Number.isFinite(model.locked)) {
    ledger.periods.unlock(undefined, 'the year was not over')
    model.locked = Number.NEGATIVE_INFINITY
  }
}

function openOrClose(world: World): void {
  const { model, random, ledger } = world
  expire(model)
  const name = random.pick(names)
  const account = model.accounts.get(name)
  if (account === undefined) return
  if (account.closed) {
    ledger.accounts.reopen(name)
    account.closed = false
    return
  }
  if (!random.chance(0.2)) return
  const used = new Set([
    ...account.debit.keys(),
    ...account.credit.keys(),
    ...model.holds.flatMap(({ lines }) => lines.map(({ currency }) => currency)),
  ])
  const empty = [...used].every(
    (currency) =>
      sumOf(account.debit, currency) === sumOf(account.credit, currency) &&
      pendingOf(model, name, currency, 'debit') === 0n &&
      pendingOf(model, name, currency, 'credit') === 0n,
  )
  const result = attempt(world, () => ledger.accounts.close(name), false)
  if ('value' in result !== empty) world.violated('I14', `Closing ${name} answered otherwise.`)
  account.closed = 'value' in result
}

/** I13. */
function split({ random, subject, violated }: World): void {
  const amount = random.amount()
  const weights = Array.from({ length: 1 + random.int(6) }, () => random.int(100))
  weights.push(1 + random.int(5))
  const parts = subject.allocate(amount, weights)
  const total = BigInt(weights.reduce((sum, weight) => sum + weight, 0))
  if (parts.reduce((sum, part) => sum + part, 0n) !== amount) violated('I13', 'Parts do not sum to the whole.')
  parts.forEach((part, index) => {
    const exact = amount * BigInt(weights[index] as number)
    if (part * total - exact >= total || exact - part * total >= total) violated('I13', 'A part is off by a unit or more.')
  })
}
