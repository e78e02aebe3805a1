import { describe, expect, it } from 'vitest'
import { runAttempt } from './engine/attempt.ts'
import {
  createProvider,
  createTransport,
  failover,
  type Intent,
  type IntentStore,
  memoryIntents,
  OutcomeUnknownError,
  reconcileIntent,
  testClock,
} from './index.ts'
import { failure, office, post, postal, status, two } from './testing/post.ts'

const gate = () => {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open, opened }
}

describe('two processes with one store', () => {
  it('send once, though the first one was held up between writing its intent and sending', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const held = gate()
    const slow: IntentStore = {
      ...intents,
      begin: async (intent) => intents.begin(intent).then(async (begun) => (await held.opened, begun)),
    }
    const make = (store: IntentStore) => failover([postal('alpha', at, clock)], { clock, intents: store, deadline: 60_000 })

    const first = failure(make(slow).send({ text: 'x' }, { idempotencyKey: 'k' }))
    await expect.poll(async () => (await intents.unresolved()).length).toBe(1)
    // The second one waits until the first can no longer be sending, finds nothing, and sends.
    const second = await make(intents).send({ text: 'x' }, { idempotencyKey: 'k' })
    held.open()
    expect(await first).toMatchObject({ effect: 'unknown', code: 'intent_taken' })
    expect([at.letters.length, second.id]).toEqual([1, 'alpha:L1'])
    expect((await make(intents).send({ text: 'x' }, { idempotencyKey: 'k' })).id).toBe('alpha:L1')
  })

  it('end an attempt by the time that the written intent says, however long the writing took', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const slow: IntentStore = { ...intents, begin: async (intent) => (clock.advance(6_000), intents.begin(intent)) }
    let until = 0
    at.script.push(async () => {
      until = (await intents.unresolved())[0]?.until as number
      clock.advance(60_000)
      return new Promise<Response>(() => {})
    })
    let ended = 0
    const wrapper = failover([postal('alpha', at, clock)], {
      clock: { ...clock, timer: (ms, run) => clock.timer(ms, () => ((ended ||= clock.now()), run())) },
      intents: slow,
      deadline: 600_000,
    })
    await failure(wrapper.send({ text: 'x' }, { idempotencyKey: 'k' }))
    expect(ended).toBe(until)
  })

  it('give OutcomeUnknownError with resolve() to the one whose intent another took up', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const taken: IntentStore = { ...intents, save: async () => false }
    at.script.push('cut-after')
    const error = await failure(
      failover([postal('alpha', at, clock)], { clock, intents: taken }).send({ text: 'x' }, { idempotencyKey: 'k' }),
    )
    expect(error).toMatchObject({ code: 'intent_taken', effect: 'unknown', key: 'k' })
    expect(OutcomeUnknownError.is(error)).toBe(true)
  })
})

describe('things found by their content', () => {
  const pair = () => {
    const clock = testClock()
    const at = office(clock)
    return { clock, at, wrapper: failover([postal('alpha', at, clock, { find: 'content' })], { clock, deadline: 600_000 }) }
  }

  it('are not taken from an equal one whose answer is on its way', async () => {
    const { at, wrapper } = pair()
    const answer = gate()
    // The first is taken on; its answer is late. The second never arrives, and its look-up sees the first.
    at.script.push(async () => {
      at.letters.push({ id: 'L1', text: 'x', reference: '' })
      await answer.opened
      return Response.json({ id: 'L1', text: 'x' }, { status: 201 })
    }, 'cut-before')
    let looked = 0
    at.reads.push(() => {
      looked += 1
      queueMicrotask(answer.open)
      return Response.json([{ id: 'L1', text: 'x' }])
    })
    const [first, second] = await Promise.allSettled([wrapper.send({ text: 'x' }), wrapper.send({ text: 'x' })])
    expect([first.status, looked]).toEqual(['fulfilled', 1])
    // The second one was not sent, and nobody says that it was.
    expect(second).toMatchObject({ status: 'rejected', reason: { effect: 'none' } })
    expect(at.letters.length).toBe(1)
  })

  it('are each taken once by two that look for them at the same time', async () => {
    const { at, wrapper } = pair()
    at.script.push('cut-after', 'cut-before')
    const results = await Promise.allSettled([wrapper.send({ text: 'x' }), wrapper.send({ text: 'x' })])
    const sent = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : []))
    expect(sent).toEqual(['alpha:L1'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { effect: 'none' } })
    expect(at.letters.length).toBe(1)
  })
})

describe('an attempt that is over', () => {
  it('sends nothing more, even by a fetch that does not look at signals', async () => {
    const clock = testClock()
    const at = office(clock)
    const loading = gate()
    const go = createTransport({ vendorOrigins: [], fetch: at.serve })
    const slow = createProvider(
      post,
      {
        descriptor: { vendor: 'alpha', docs: '', capabilities: {}, limits: {}, operations: { send: { class: 'opaque' } } },
        client: async () => 'alpha',
        errors: {},
        fault: () => ({}),
        operations: {
          send: async (input, context) => {
            await loading.opened
            const response = await go('https://post.example.com/letters', {
              method: 'POST',
              body: JSON.stringify({ text: input.text, reference: '' }),
            })
            return { id: context.handle(((await response.json()) as { id: string }).id), text: input.text }
          },
        },
        webhooks: { recognises: () => false, receive: async () => [] },
      },
      { clock, defaultBaseUrl: 'https://post.example.com' },
    )
    const other = office(clock)
    const wrapper = failover([slow, postal('beta', other, clock)], { clock })
    const sent = wrapper.send({ text: 'x' })
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(10_001)
    expect((await sent).id).toBe('beta:L1')
    loading.open()
    await new Promise((resolve) => setImmediate(resolve))
    expect([at.letters.length, other.letters.length]).toEqual([0, 1])
  })
})

describe('calls with one key in one process', () => {
  it('keep their own deadlines and signals while they wait for each other', async () => {
    const { a, clock, wrapper } = two()
    a.script.push(() => new Promise<Response>(() => {}))
    void wrapper.send({ text: 'x' }, { idempotencyKey: 'k', deadline: 3_600_000 }).catch(() => {})
    await expect.poll(() => a.requests()).toBe(1)
    const stop = new AbortController()
    const aborted = failure(wrapper.send({ text: 'x' }, { idempotencyKey: 'k', signal: stop.signal }))
    const late = failure(wrapper.send({ text: 'x' }, { idempotencyKey: 'k', deadline: 1_000 }))
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    expect(await aborted).toMatchObject({ code: 'outcome_unknown', effect: 'unknown', fault: 'cancelled' })
    clock.advance(1_001)
    expect(await late).toMatchObject({ code: 'outcome_unknown', effect: 'unknown', key: 'k' })
    expect(a.requests()).toBe(1)
  })
})

describe('an abort', () => {
  it('while it is looked for leaves an outcome that resolve() can settle', async () => {
    const clock = testClock()
    const [a, b] = [office(clock), office(clock)]
    const stop = new AbortController()
    const sleep = async (_: number, signal?: AbortSignal) => (stop.abort(), signal?.throwIfAborted())
    const wrapper = failover([postal('alpha', a, clock), postal('beta', b, clock)], { clock: { ...clock, sleep } })
    a.script.push('cut-before')
    const waiting = await failure(wrapper.send({ text: 'x' }, { signal: stop.signal }))
    expect(waiting).toMatchObject({ code: 'outcome_unknown', effect: 'unknown' })
    clock.advance(60_000)
    expect(await (waiting as OutcomeUnknownError).resolve()).toEqual({ effect: 'none' })
    expect([a.letters.length, b.letters.length]).toEqual([0, 0])
  })

  it.each(['send', 'get'] as const)(
    'while %s waits for a rate limit is a ProviderError, with nothing sent',
    async (operation) => {
      const clock = testClock()
      const stop = new AbortController()
      const sleep = async (_: number, signal?: AbortSignal) => (stop.abort(), signal?.throwIfAborted())
      const at = office(clock)
      at.letters.push({ id: 'L1', text: 'x', reference: '' })
      const wrapper = failover([postal('alpha', at, clock)], { clock: { ...clock, sleep } })
      const limited = status(429, undefined, { 'retry-after': '1' })
      at.script.push(limited)
      at.reads.push(limited)
      const options = { signal: stop.signal }
      const error = await failure(operation === 'send' ? wrapper.send({ text: 'x' }, options) : wrapper.get('alpha:L1', options))
      expect(error).toMatchObject({ code: 'cancelled', fault: 'cancelled', effect: 'none', operation: `post.${operation}` })
      expect(at.letters.length).toBe(1)
    },
  )
})

describe('stores and listeners that fail', () => {
  it('do not turn what was sent into an error: a repetition still asks and does not send', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const broken: IntentStore = { ...intents, save: () => Promise.reject(new Error('disk full')) }
    const sent = await failover([postal('alpha', at, clock)], { clock, intents: broken }).send(
      { text: 'x' },
      { idempotencyKey: 'k' },
    )
    expect(sent.id).toBe('alpha:L1')
    clock.advance(60_000)
    expect(
      (await failover([postal('alpha', at, clock)], { clock, intents }).send({ text: 'x' }, { idempotencyKey: 'k' })).id,
    ).toBe('alpha:L1')
    expect(at.letters.length).toBe(1)
  })

  it('stop a call before it sends, with a ProviderError, also when the store never answers', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const without = (begin: IntentStore['begin']) =>
      failover([postal('alpha', at, clock)], { clock, intents: { ...intents, begin } })
    const failed = await failure(without(() => Promise.reject(new Error('secret text'))).send({ text: 'x' }))
    expect(failed).toMatchObject({ code: 'intent_store_failed', effect: 'none', fault: 'provider' })
    expect(JSON.stringify(failed) + String(failed.cause)).not.toContain('secret')
    const hung = failure(without(() => new Promise(() => {})).send({ text: 'x' }, { idempotencyKey: 'k', deadline: 2_000 }))
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(2_001)
    expect(await hung).toMatchObject({ code: 'intent_store_failed', effect: 'unknown' })
    expect(at.requests()).toBe(0)
  })

  it('are passed by when they only hold breaker states', async () => {
    const clock = testClock()
    const at = office(clock)
    const store = { get: () => new Promise<undefined>(() => {}), set: () => new Promise<void>(() => {}) }
    const sent = failover([postal('alpha', at, clock)], { clock, breaker: { store } }).send({ text: 'x' })
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_001)
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_001)
    expect((await sent).id).toBe('alpha:L1')
  })

  it('change nothing of the outcome', async () => {
    const fail = () => {
      throw new Error('listener')
    }
    const { a, b, wrapper } = two({ onDegraded: fail })
    a.script.push(status(401))
    expect((await wrapper.send({ text: 'x' }, { onTrail: fail })).id).toBe('beta:L1')
    expect([a.letters.length, b.letters.length]).toEqual([0, 1])
  })
})

describe('settling what is stored', () => {
  it('says nothing of an intent that this provider cannot know', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const make = (name: string, store: IntentStore) =>
      failover([postal(name, at, clock)], { clock, intents: store, deadline: 1_000 })
    at.script.push('cut-after')
    at.reads.push(status(500), status(500))
    await failure(make('alpha', intents).send({ text: 'x' }, { idempotencyKey: 'k' }))
    const [left] = (await intents.unresolved()) as [Intent]
    // Another store, another interface's intent, a provider that is not configured any more: none of them proves "not sent".
    expect(await failure(reconcileIntent(make('alpha', memoryIntents({ clock })), left))).toMatchObject({
      code: 'intent_not_stored',
      effect: 'unknown',
    })
    await intents.begin({ ...left, key: 'telephony.calls.make/k', operation: 'telephony.calls.make' })
    const foreign = (await intents.get('telephony.calls.make/k')) as Intent
    expect(await failure(reconcileIntent(make('alpha', intents), foreign))).toMatchObject({
      code: 'provider_mismatch',
      effect: 'unknown',
    })
    expect(await failure(reconcileIntent(make('beta', intents), left))).toMatchObject({
      code: 'provider_not_configured',
      effect: 'unknown',
    })
    expect(await failure(make('beta', intents).send({ text: 'x' }, { idempotencyKey: 'k' }))).toMatchObject({
      code: 'provider_not_configured',
      effect: 'unknown',
    })
    expect(at.letters.length).toBe(1)
    clock.advance(60_000)
    expect(await reconcileIntent(make('alpha', intents), left)).toMatchObject({ effect: 'done', value: { id: 'alpha:L1' } })
  })
})

describe('the transport', () => {
  const attempt = () => ({
    mutations: 1,
    signal: new AbortController().signal,
    requests: 0,
    mutated: 0,
    network: undefined as string | undefined,
  })
  it.each([
    ['connect', 'refused'],
    ['read', 'broken'],
    ['write', 'broken'],
  ])('calls EHOSTUNREACH on %s %s', async (syscall, expected) => {
    const cause = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH', syscall })
    const go = createTransport({ vendorOrigins: [], fetch: () => Promise.reject(new TypeError('fetch failed', { cause })) })
    const record = attempt()
    await runAttempt(record as never, () => go('https://post.example.com', { method: 'POST' })).catch(() => {})
    expect(record.network).toBe(expected)
  })
})
