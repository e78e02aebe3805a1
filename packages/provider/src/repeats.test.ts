import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import {
  create,
  createProvider,
  type Driver,
  defineInterface,
  failover,
  fields,
  type Intent,
  memoryIntents,
  OutcomeUnknownError,
  reconcileIntent,
  testClock,
} from './index.ts'
import { limited } from './limit.ts'
import { failure, office, postal, status, two } from './testing/post.ts'

describe('the key of an OutcomeUnknownError', () => {
  it('repeats a call that had no key of its own, without sending twice', async () => {
    const { a, b, clock, wrapper } = two()
    a.script.push('cut-after')
    a.reads.push(status(500), status(500))
    const error = (await failure(wrapper.send({ text: 'x' }, { deadline: 1_000 }))) as OutcomeUnknownError
    expect(error.code).toBe('outcome_unknown')
    clock.advance(60_000)
    expect((await wrapper.send({ text: 'x' }, { idempotencyKey: error.key })).id).toBe('alpha:L1')
    expect([a.letters.length, b.letters.length]).toEqual([1, 0])
    expect(await failure(wrapper.send({ text: 'y' }, { idempotencyKey: error.key }))).toMatchObject({
      code: 'idempotency_key_reused',
    })
  })
})

describe('a repeated key', () => {
  it('is answered while every breaker is open', async () => {
    const { a, b, wrapper } = two()
    const first = await wrapper.send({ text: 'x' }, { idempotencyKey: 'k' })
    for (const at of [a, b]) at.script.push(...Array.from({ length: 5 }, () => 'refuse' as const))
    for (let i = 0; i < 5; i++) await failure(wrapper.send({ text: `${i}` }))
    expect(await failure(wrapper.send({ text: 'new' }))).toMatchObject({ effect: 'none', code: 'no_provider_left' })
    expect(await wrapper.send({ text: 'x' }, { idempotencyKey: 'k' })).toEqual(first)
  })

  it('is unknown, not "none", while every breaker is open and nobody can tell', async () => {
    const { a, b, wrapper } = two()
    a.script.push('cut-after')
    a.reads.push(status(500), status(500))
    expect(await failure(wrapper.send({ text: 'x' }, { idempotencyKey: 'k', deadline: 1_000 }))).toMatchObject({
      effect: 'unknown',
    })
    for (const at of [a, b]) at.script.push(...Array.from({ length: 5 }, () => 'refuse' as const))
    for (let i = 0; i < 5; i++) await failure(wrapper.send({ text: `${i}` }))
    a.reads.push(status(500), status(500))
    expect(await failure(wrapper.send({ text: 'x' }, { idempotencyKey: 'k', deadline: 500 }))).toMatchObject({
      effect: 'unknown',
      code: 'outcome_unknown',
    })
    a.reads.length = 0
    expect((await wrapper.send({ text: 'x' }, { idempotencyKey: 'k' })).id).toBe('alpha:L1')
    expect([a.letters.length, b.letters.length]).toEqual([1, 0])
  })

  it('is answered when the tenant may make nothing more this minute', async () => {
    const clock = testClock()
    const at = office(clock)
    const tenant = limited(failover([postal('alpha', at, clock)], { clock }), 1, clock)
    const first = await tenant.send({ text: 'x' }, { idempotencyKey: 'k' })
    expect(await failure(tenant.send({ text: 'y' }, { idempotencyKey: 'other' }))).toMatchObject({
      code: 'tenant_limit',
      effect: 'none',
    })
    expect(await tenant.send({ text: 'x' }, { idempotencyKey: 'k' })).toEqual(first)
    expect(at.letters.length).toBe(1)
  })

  it("of another tenant in the same store is not answered with this one's thing", async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    const of = (scope: string) => failover([postal('alpha', at, clock)], { clock, intents, scope })
    await of('acme').send({ text: 'x' }, { idempotencyKey: 'k' })
    expect(await failure(of('globex').send({ text: 'x' }, { idempotencyKey: 'k' }))).toMatchObject({
      code: 'idempotency_key_reused',
    })
  })

  it.each(['', null, 7])('cannot be %j, which would make all calls the same one', async (idempotencyKey) => {
    const { a, wrapper } = two()
    const error = await failure(wrapper.send({ text: 'x' }, { idempotencyKey: idempotencyKey as string }))
    expect(error).toMatchObject({ code: 'invalid_option', field: 'idempotencyKey', effect: 'none' })
    expect(a.requests()).toBe(0)
  })
})

describe('duplicate-ok', () => {
  it('does not forget the first attempt when the second one is refused', async () => {
    const { a, b, wrapper } = two()
    a.script.push('cut-after')
    a.reads.push(status(500), status(500), status(500), status(500))
    b.script.push(status(422))
    const error = await failure(wrapper.send({ text: 'x' }, { idempotencyKey: 'k', onUnknown: 'duplicate-ok' }))
    expect(error).toMatchObject({ effect: 'unknown', code: 'outcome_unknown', provider: 'alpha' })
    expect(OutcomeUnknownError.is(error)).toBe(true)
    a.reads.length = 0
    expect(await (error as OutcomeUnknownError).resolve()).toMatchObject({ effect: 'done', value: { id: 'alpha:L1' } })
    expect((await wrapper.send({ text: 'x' }, { idempotencyKey: 'k' })).id).toBe('alpha:L1')
    expect([a.letters.length, b.letters.length]).toEqual([1, 0])
  })

  it('does not forget the first attempt over a crash of the second one', async () => {
    const clock = testClock()
    const [a, b] = [office(clock), office(clock)]
    const intents = memoryIntents({ clock })
    // The first process dies: its clock stands still.
    const make = (own = clock) =>
      failover([postal('alpha', a, own), postal('beta', b, own)], { clock: own, intents, deadline: 2_500 })
    a.script.push('cut-after')
    a.reads.push(status(500), status(500), status(500))
    b.script.push(() => new Promise<Response>(() => {}))
    void make(testClock())
      .send({ text: 'x' }, { idempotencyKey: 'k', onUnknown: 'duplicate-ok' })
      .catch(() => {})
    await expect.poll(() => b.requests()).toBe(1)
    const [left] = (await intents.unresolved()) as [Intent]
    expect(left).toMatchObject({ state: 'dispatched', provider: 'beta' })
    clock.advance(60_000)
    a.reads.length = 0
    expect(await reconcileIntent(make(), left)).toMatchObject({ effect: 'done', value: { id: 'alpha:L1' } })
    expect([a.letters.length, b.letters.length]).toEqual([1, 0])
  })

  it('says unknown with resolve() when there is nobody else', async () => {
    const clock = testClock()
    const at = office(clock)
    const intents = memoryIntents({ clock })
    at.script.push('cut-after')
    const error = await failure(
      postal('alpha', at, clock, { find: false, intents }).send({ text: 'x' }, { onUnknown: 'duplicate-ok' }),
    )
    expect(error.code).toBe('outcome_unknown')
    expect(await (error as OutcomeUnknownError).resolve()).toEqual({ effect: 'unknown' })
    expect((await intents.unresolved()).map(({ state }) => state)).toEqual(['unknown'])
  })
})

describe('what proves that nothing happened', () => {
  it('is not the refusal of a later request of the same attempt', async () => {
    const { a, b, wrapper } = two({ readBack: true })
    // The letter is taken on; reading it back is refused.
    a.reads.push(status(429))
    expect((await wrapper.send({ text: 'x' })).id).toBe('alpha:L1')
    expect([a.letters.length, b.letters.length]).toEqual([1, 0])
  })

  it('is not an answer that cannot be read, whoever sent the request', async () => {
    const ping = defineInterface('ping', {
      capabilities: {},
      operations: { send: create({ title: 'Ping', input: z.object({}), output: z.object({ id: fields.handle }) }) },
      event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
    })
    const pinged: string[] = []
    const pinger = (vendor: string, answer: unknown) => {
      const driver: Driver<typeof ping, string> = {
        descriptor: { vendor, docs: '', capabilities: {}, limits: {}, operations: { send: { class: 'opaque' } } },
        client: async () => vendor,
        errors: {},
        fault: () => ({}),
        operations: { send: async () => (pinged.push(vendor), answer as { id: string }) },
        webhooks: { recognises: () => false, receive: async () => [] },
      }
      return createProvider(ping, driver, { clock, defaultBaseUrl: 'https://example.com' })
    }
    const clock = testClock()
    const wrapper = failover([pinger('alpha', { nonsense: true }), pinger('beta', { id: 'beta:1' })], { clock })
    expect(await failure(wrapper.send({}))).toMatchObject({ effect: 'unknown', code: 'outcome_unknown', provider: 'alpha' })
    expect(pinged).toEqual(['alpha'])
  })

  it('is not the refusal of the second try of a change whose first try may have made it', async () => {
    const { a, wrapper } = two()
    const { id } = await wrapper.send({ text: 'x' })
    a.script.push('cut-after', 'refuse')
    expect(await failure(wrapper.burn(id))).toMatchObject({ effect: 'unknown', code: 'outcome_unknown' })
  })

  it('is not found out by making the change: only who still wants it states it again', async () => {
    const { a, wrapper } = two()
    const { id } = await wrapper.send({ text: 'x' })
    a.script.push('cut-before', 'cut-before')
    const error = (await failure(wrapper.burn(id))) as OutcomeUnknownError
    const asked = a.requests()
    expect([await error.resolve(), a.requests() - asked]).toEqual([{ effect: 'unknown' }, 0])
    expect((await error.resolve({ mayComplete: true })).effect).toBe('done')
  })

  it("is not a vendor code that happens to be the name of an object's own method", async () => {
    const { a, b, wrapper } = two()
    a.script.push(status(422, 'constructor'))
    expect(await failure(wrapper.send({ text: 'x' }))).toMatchObject({ code: 'invalid_input', effect: 'none', fault: 'caller' })
    expect(b.requests()).toBe(0)
  })
})

describe('a stored input', () => {
  it('need not pass its own schema again to be settled', async () => {
    const count = defineInterface('count', {
      capabilities: {},
      operations: {
        send: create({
          title: 'Count',
          input: z.pipe(
            z.string(),
            z.transform((text) => text.length),
          ),
          output: z.object({ id: fields.handle }),
        }),
      },
      event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
    })
    const driver: Driver<typeof count, string> = {
      descriptor: { vendor: 'alpha', docs: '', capabilities: {}, limits: {}, operations: { send: { class: 'referenced' } } },
      client: async () => 'alpha',
      errors: {},
      fault: () => ({}),
      operations: { send: async () => ({ id: 'nonsense' }) },
      find: {
        send: async (length: number, context) =>
          found ? { id: context.handle(`${length}`) } : Promise.reject(new Error('not yet')),
      },
      webhooks: { recognises: () => false, receive: async () => [] },
    }
    let found = false
    const clock = testClock()
    const error = await failure(createProvider(count, driver, { clock, defaultBaseUrl: 'https://example.com' }).send('four'))
    found = true
    expect(await (error as OutcomeUnknownError).resolve()).toEqual({ effect: 'done', value: { id: 'alpha:4' } })
  })
})
