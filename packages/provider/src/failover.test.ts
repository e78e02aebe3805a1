import { describe, expect, it } from 'vitest'
import {
  type BreakerState,
  failover,
  type Intent,
  memoryIntents,
  type OutcomeUnknownError,
  reconcileIntent,
  type TestClock,
  type Trail,
  testClock,
} from './index.ts'
import { failure, office, postal, status, two } from './testing/post.ts'

describe('failover: what is sent where', () => {
  it('uses the first provider, one request, and gives a handle of it', async () => {
    const { a, b, wrapper } = two()
    const sent = await wrapper.send({ text: 'hello' })
    expect(sent.id).toBe('alpha:L1')
    expect([a.requests(), b.requests()]).toEqual([1, 0])
  })

  it('moves on when the connection is refused', async () => {
    const { a, b, wrapper } = two()
    a.script.push('refuse')
    let trail: Trail = []
    const sent = await wrapper.send({ text: 'hello' }, { onTrail: (t) => (trail = t) })
    expect(sent.id).toBe('beta:L1')
    expect([a.letters.length, b.letters.length]).toEqual([0, 1])
    expect(trail.map(({ provider, action, effect, code }) => [provider, action, effect, code])).toEqual([
      ['alpha', 'attempt', 'none', 'unreachable'],
      ['beta', 'attempt', 'done', undefined],
    ])
  })

  it('moves on after 401 and shouts every time', async () => {
    const clock = testClock()
    const [a, b] = [office(clock), office(clock)]
    const shouts: string[] = []
    const wrapper = failover([postal('alpha', a, clock), postal('beta', b, clock)], {
      clock,
      onDegraded: ({ provider, error }) => shouts.push(`${provider} ${error.code}`),
    })
    a.script.push(status(401), status(401))
    await wrapper.send({ text: 'one' })
    await wrapper.send({ text: 'two' })
    expect(shouts).toEqual(['alpha unauthorized', 'alpha unauthorized'])
    expect(b.letters.length).toBe(2)
  })

  it('stops at 422 and at a recipient who wants nothing', async () => {
    const { a, b, wrapper } = two()
    a.script.push(status(422))
    expect(await failure(wrapper.send({ text: 'hello' }))).toMatchObject({
      effect: 'none',
      fault: 'caller',
      code: 'invalid_input',
    })
    a.script.push(status(403, 'gone'))
    expect(await failure(wrapper.send({ text: 'hello' }))).toMatchObject({
      effect: 'none',
      fault: 'recipient',
      code: 'opted_out',
    })
    expect(b.requests()).toBe(0)
  })

  it('skips a provider that lacks the capability, without a request', async () => {
    const { a, wrapper } = two()
    const sent = await wrapper.send({ text: 'hello', stamp: true })
    expect(sent.id).toBe('beta:L1')
    expect(a.requests()).toBe(0)
  })

  it.each(['cut-after', 'hang-after'] as const)('finds what was accepted before %s: one letter in the world', async (fault) => {
    const { a, b, wrapper } = two()
    a.script.push(fault)
    const sent = await wrapper.send({ text: 'hello' })
    expect(sent.id).toBe('alpha:L1')
    expect([a.letters.length, b.letters.length]).toEqual([1, 0])
  })

  it('waits for the settle time before it calls a cut connection "not sent" and moves on', async () => {
    const { a, b, clock, wrapper } = two()
    const start = clock.now()
    a.script.push('cut-before')
    const sent = await wrapper.send({ text: 'hello' })
    expect(sent.id).toBe('beta:L1')
    expect(clock.now() - start).toBeGreaterThanOrEqual(2_000)
    expect([a.letters.length, b.letters.length]).toEqual([0, 1])
  })

  it('reports unknown when it may not look, sends nothing elsewhere, and settles later', async () => {
    const { a, b, clock, wrapper } = two()
    a.script.push('cut-before')
    const error = await failure(wrapper.send({ text: 'hello' }, { deadline: 1_000 }))
    expect(error).toMatchObject({ code: 'outcome_unknown', effect: 'unknown', fault: 'network', provider: 'alpha' })
    expect(b.requests()).toBe(0)
    const unknown = error as OutcomeUnknownError
    clock.advance(2_000)
    expect(await unknown.resolve()).toEqual({ effect: 'none' })
    expect([a.letters.length, b.letters.length]).toEqual([0, 0])
  })

  it('reports unknown for an opaque operation, and duplicates only when the caller says so', async () => {
    const { a, b, wrapper } = two({ find: false })
    a.script.push('cut-after')
    expect(await failure(wrapper.send({ text: 'hello' }))).toMatchObject({ code: 'outcome_unknown', effect: 'unknown' })
    expect(b.letters.length).toBe(0)
    a.script.push('cut-after')
    await wrapper.send({ text: 'alarm' }, { onUnknown: 'duplicate-ok' })
    expect([a.letters.length, b.letters.length]).toEqual([2, 1])
  })

  it('waits for Retry-After only at the last provider', async () => {
    const { a, b, clock, wrapper } = two()
    a.script.push(status(429, undefined, { 'retry-after': '1' }))
    b.script.push(status(429, undefined, { 'retry-after': '1' }))
    const start = clock.now()
    expect((await wrapper.send({ text: 'hello' })).id).toBe('beta:L1')
    expect(clock.now() - start).toBe(1_000)
  })

  it('opens the breaker after five failures, skips, and probes with one call', async () => {
    const { a, b, clock, wrapper } = two()
    a.script.push(...Array.from({ length: 5 }, () => 'refuse' as const))
    for (let i = 0; i < 5; i++) await wrapper.send({ text: `${i}` })
    const before = a.requests()
    let trail: Trail = []
    await wrapper.send({ text: 'six' }, { onTrail: (t) => (trail = t) })
    expect(a.requests()).toBe(before)
    expect(trail[0]).toMatchObject({ provider: 'alpha', action: 'skip', reason: 'breaker open' })
    clock.advance(30_001)
    expect((await wrapper.send({ text: 'seven' })).id).toBe('alpha:L1')
    expect(b.letters.length).toBe(6)
  })

  it('probes with one of several calls at once', async () => {
    const { a, b, clock, wrapper } = two()
    a.script.push(...Array.from({ length: 5 }, () => 'refuse' as const))
    for (let i = 0; i < 5; i++) await wrapper.send({ text: `${i}` })
    const before = a.requests()
    clock.advance(30_001)
    await Promise.all(['six', 'seven', 'eight'].map((text) => wrapper.send({ text })))
    expect([a.requests() - before, a.letters.length, b.letters.length]).toEqual([1, 1, 7])
  })

  it('asks a shared breaker store that answers later, also by what is no real promise', async () => {
    const states = new Map<string, BreakerState>()
    const later = <T>(value: T) => ({ then: (done: (value: T) => unknown) => Promise.resolve(value).then(done) }) as Promise<T>
    const store = {
      get: (key: string) => later(states.get(key)),
      set: (key: string, state: BreakerState) => later(void states.set(key, state)),
    }
    const { a, b, clock, wrapper } = two({ breaker: { store, failures: 2 } })
    a.script.push('refuse', 'refuse')
    for (let i = 0; i < 3; i++) await wrapper.send({ text: `${i}` })
    expect([a.requests(), b.letters.length]).toEqual([2, 3])
    clock.advance(30_001)
    expect((await wrapper.send({ text: 'again' })).id).toBe('alpha:L1')
    expect([...states.values()].every(({ failures }) => failures === 0)).toBe(true)
  })

  it('says why when nobody could do it', async () => {
    const { a, b, wrapper } = two()
    a.script.push('refuse')
    b.script.push(status(401))
    const error = await failure(wrapper.send({ text: 'hello' }))
    expect(error).toMatchObject({ code: 'no_provider_left', effect: 'none' })
    expect(error.trail.map(({ provider, code }) => [provider, code])).toEqual([
      ['alpha', 'unreachable'],
      ['beta', 'unauthorized'],
    ])
  })
})

describe('idempotency', () => {
  it('answers a repeated key from the intent, also concurrently', async () => {
    const { a, wrapper } = two()
    const options = { idempotencyKey: 'k' }
    const [one, two_] = await Promise.all([wrapper.send({ text: 'x' }, options), wrapper.send({ text: 'x' }, options)])
    const three = await wrapper.send({ text: 'x' }, options)
    expect([one.id, two_.id, three.id]).toEqual(['alpha:L1', 'alpha:L1', 'alpha:L1'])
    expect(a.letters.length).toBe(1)
  })

  it('refuses a key that was used with another input', async () => {
    const { a, wrapper } = two()
    await wrapper.send({ text: 'x' }, { idempotencyKey: 'k' })
    expect(await failure(wrapper.send({ text: 'y' }, { idempotencyKey: 'k' }))).toMatchObject({ code: 'idempotency_key_reused' })
    expect(a.letters.length).toBe(1)
  })

  it('reconciles, never sends, what another process dispatched', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const make = () => failover([postal('alpha', at, clock)], { clock, intents })
    // The first process sends and dies: its answer never comes, nothing after the dispatch is written.
    at.script.push(() => {
      at.letters.push({ id: 'L1', text: 'x', reference: sentReference })
      return new Promise<Response>(() => {})
    })
    let sentReference = ''
    const begin = intents.begin
    intents.begin = async (intent) => {
      sentReference = intent.reference
      return begin(intent)
    }
    void make()
      .send({ text: 'x' }, { idempotencyKey: 'k' })
      .catch(() => {})
    await expect.poll(() => at.letters.length).toBe(1)
    expect((await intents.unresolved()).map(({ state }) => state)).toEqual(['dispatched'])
    const [left] = await intents.unresolved()
    expect(await reconcileIntent(make(), left as Intent)).toEqual({ effect: 'done', value: { id: 'alpha:L1', text: 'x' } })
    expect((await make().send({ text: 'x' }, { idempotencyKey: 'k' })).id).toBe('alpha:L1')
    expect([at.letters.length, await intents.unresolved()]).toEqual([1, []])
  })

  it('does not call a dispatched intent "not sent" while the other process may still be sending', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const make = (own: TestClock) => failover([postal('alpha', at, own)], { clock: own, intents, attemptTimeout: 8_000 })
    at.script.push(() => new Promise<Response>(() => {}))
    void make(testClock())
      .send({ text: 'x' }, { idempotencyKey: 'k' })
      .catch(() => {})
    await expect.poll(() => at.requests()).toBe(1)
    const [left] = await intents.unresolved()
    expect(await reconcileIntent(make(clock), left as Intent)).toEqual({ effect: 'none' })
    // It waited: 8 s of the other's attempt and 2 s of the vendor's settle time.
    expect(clock.now() - testClock().now()).toBeGreaterThanOrEqual(10_000)
  })

  it('allows the key again after a definite refusal', async () => {
    const { a, b, wrapper } = two()
    a.script.push(status(422))
    await failure(wrapper.send({ text: 'x' }, { idempotencyKey: 'k' }))
    expect((await wrapper.send({ text: 'x' }, { idempotencyKey: 'k' })).id).toBe('alpha:L1')
    expect(b.letters.length).toBe(0)
  })
})

describe('handles, reads, lists, changes', () => {
  it('sends a handle back to its provider and refuses a foreign one before any request', async () => {
    const { a, b, wrapper } = two()
    a.script.push('refuse')
    const sent = await wrapper.send({ text: 'hello' })
    expect((await wrapper.get(sent.id)).text).toBe('hello')
    const [beforeA, beforeB] = [a.requests(), b.requests()]
    expect(await failure(wrapper.get('gamma:L1'))).toMatchObject({ code: 'provider_not_configured', effect: 'none', field: 'id' })
    expect([a.requests(), b.requests()]).toEqual([beforeA, beforeB])
  })

  it('lists every provider in turn, resumable by cursor', async () => {
    const { a, b, wrapper } = two()
    for (const text of ['1', '2', '3']) a.letters.push({ id: `L${text}`, text, reference: '' })
    b.letters.push({ id: 'L1', text: '4', reference: '' })
    const seen: string[] = []
    for await (const item of wrapper.list()) seen.push(item.id)
    expect(seen).toEqual(['alpha:L1', 'alpha:L2', 'alpha:L3', 'beta:L1'])
    const first = await wrapper.list().page()
    expect(first.cursor).toBe('alpha:2')
    const second = await wrapper.list().page(first.cursor)
    expect(second.items.map(({ id }) => id)).toEqual(['alpha:L3'])
    expect((await wrapper.list().page(second.cursor)).items.map(({ id }) => id)).toEqual(['beta:L1'])
    expect(await failure(wrapper.list().page('nobody:1'))).toMatchObject({ code: 'invalid_cursor' })
  })

  it('repeats a change that states an absolute value, once', async () => {
    const { a, wrapper } = two()
    const { id } = await wrapper.send({ text: 'x' })
    a.script.push('cut-before')
    const before = a.requests()
    expect(await wrapper.burn(id)).toEqual({ burned: true })
    expect(a.requests() - before).toBe(2)
  })
})

describe('abort, deadline, input', () => {
  it('refuses bad input before anything happens, and names the field', async () => {
    const { a, wrapper } = two()
    expect(await failure(wrapper.send({ text: '' }))).toMatchObject({ code: 'invalid_input', field: 'text', effect: 'none' })
    expect(a.requests()).toBe(0)
  })

  it('sends nothing when already aborted', async () => {
    const { a, wrapper } = two()
    const error = await failure(wrapper.send({ text: 'x' }, { signal: AbortSignal.abort() }))
    expect(error).toMatchObject({ fault: 'cancelled', effect: 'none' })
    expect(a.requests()).toBe(0)
  })

  it('keeps the deadline over a provider that never answers', async () => {
    const clock = testClock()
    const silent = { ...office(clock), serve: (() => (clock.advance(60_000), new Promise(() => {}))) as unknown as typeof fetch }
    const error = await failure(postal('alpha', silent, clock).send({ text: 'x' }, { deadline: 5_000 }))
    expect(error).toMatchObject({ effect: 'unknown' })
  })

  it('never shows a credential or the text in an error', async () => {
    const { a, wrapper } = two()
    a.script.push(status(400))
    const error = await failure(wrapper.send({ text: 'my secret text' }))
    expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).not.toContain('secret text')
  })
})

describe('building a wrapper', () => {
  it('refuses a name used twice and an empty list', () => {
    const clock = testClock()
    const at = office(clock)
    expect(() => failover([postal('alpha', at, clock), postal('alpha', at, clock)])).toThrow(/named "alpha"/)
    expect(() => failover([])).toThrow(/at least one/)
  })

  it('orders by cost, by weight and by speed', async () => {
    const clock = testClock()
    const [a, b] = [office(clock), office(clock)]
    const pair = [postal('alpha', a, clock), postal('beta', b, clock)]
    expect((await failover(pair, { clock, order: 'cheapest', costs: { alpha: 2, beta: 1 } }).send({ text: 'x' })).id).toBe(
      'beta:L1',
    )
    const weighted = failover(pair, { clock, order: 'weighted', weights: { alpha: 0 }, random: () => 0.5 })
    expect((await weighted.send({ text: 'x' })).id).toBe('beta:L2')
    const fastest = failover(pair, { clock, order: 'fastest' })
    a.script.push(() => (clock.advance(500), status(503)()))
    await failure(fastest.send({ text: 'x' }, { deadline: 600 }))
    expect((await fastest.send({ text: 'x' })).id).toBe('beta:L3')
  })
})
