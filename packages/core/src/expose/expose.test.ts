import { ProviderError, refuse, testClock } from '@do/provider'
import { afterEach, describe, expect, it } from 'vitest'
import type { LogLine } from '../http/log.ts'
import { createCalls } from './calls.ts'
import { Capability } from './capability.ts'
import { fromWire, sendError, toWire } from './errors.ts'
import { facadeOf } from './facade.ts'
import { invoke } from './invoke.ts'
import { createLimits } from './limits.ts'
import { type Anything, rawClient, refused, Shop, visit } from './test/shop.ts'

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})
function visited(...access: Parameters<typeof visit>) {
  const session = visit(...access)
  open.push(session.close)
  return session
}
const ask = () => ({ requestId: 'test' })

describe('what is exposed', () => {
  it('can be called, also pipelined, and nothing else exists', async () => {
    const { shop, stub } = visited()
    expect(await stub.greet('ada')).toBe('hello ada')
    expect(await stub.basket().add(2)).toBe(2)
    for (const name of ['burn', 'did', 'secret', 'gate', 'price', 'nothing', '#private', '_call', 'methods', 'call', 'name']) {
      expect(await refused(() => stub[name]()), name).toMatchObject({ code: 'unknown_method', fault: 'caller', effect: 'none' })
      expect(await refused(() => stub[name]), `${name} as a property`).toMatchObject({ code: 'unknown_method' })
    }
    expect(await refused(() => stub.basket().empty())).toMatchObject({ code: 'unknown_method' })
    expect(await refused(() => stub.basket().items)).toMatchObject({ code: 'unknown_method' })
    expect(shop.did).toEqual(['add 2', 'disposed'].slice(0, shop.did.length))
  })

  it('also by names that mean something to the language, sent as raw frames', async () => {
    const shop = new Shop()
    const raw = rawClient(facadeOf(shop, { context: ask }))
    const paths = [
      ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'prototype', 'then', 'dup'],
    ]
      .map((name) => [name])
      .concat([
        ['greet', 'constructor'],
        ['greet', 'call'],
        ['basket', '__proto__', 'add'],
        ['constructor', 'constructor'],
        ['greet', 'bind', 'apply'],
      ])
    paths.forEach((path, index) => {
      raw.send(JSON.stringify(['push', ['pipeline', 0, path, []]]))
      raw.send(JSON.stringify(['pull', index + 1]))
    })
    await expect.poll(() => raw.received.length).toBe(paths.length)
    for (const frame of raw.received) {
      const [kind, , error] = JSON.parse(frame) as [string, number, unknown[]]
      expect(kind).toBe('reject')
      expect(error).toMatchObject([
        'error',
        'ProviderError',
        expect.any(String),
        null,
        { code: 'unknown_method', effect: 'none' },
      ])
    }
    expect(raw.ended()).toBe(false)
    expect(shop.did).toEqual([])
  })

  it('never shows the instance itself', async () => {
    const shop = new Shop()
    const facade = facadeOf(shop, { context: ask }) as Anything
    expect(Reflect.ownKeys(facade)).toEqual([])
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(facade)).filter((name) => name !== 'constructor')
    expect(names).toEqual(Object.keys(Shop.methods))
    expect(await Promise.resolve(facade)).toBe(facade)
    expect(facadeOf(new Shop(), { context: ask }).constructor).toBe(facade.constructor)
    const { stub } = visited()
    for (const method of ['self', 'hides'])
      expect(await refused(() => stub[method]())).toMatchObject({ code: 'internal_error', effect: 'none' })
  })

  it('must be a method of the class, under a name that callers can use', () => {
    class Wrong {
      static readonly methods = { missing: {} }
      readonly missing = 'a field'
    }
    class Reserved {
      static readonly methods = { then: {} }
      then() {}
    }
    class Getter {
      static readonly methods = { price: {} }
      get price() {
        throw new Error('asked')
      }
    }
    for (const wrong of [new Wrong(), new Reserved(), new Getter()])
      expect(() => facadeOf(wrong, { context: ask })).toThrow(TypeError)
  })

  it('calls the method of the class, not what an instance or Object.prototype carries', async () => {
    const shop = Object.assign(new Shop(), { greet: () => 'planted' })
    expect(await invoke(shop, 'greet', ['ada'], { context: ask })).toBe('hello ada')
    await expect(invoke(shop, 'hasOwnProperty', ['did'], { context: ask })).rejects.toMatchObject({ code: 'unknown_method' })
  })
})

describe('capabilities', () => {
  it('come as facades, nested ones too, and tell when the caller lets go', async () => {
    const limits = createLimits(() => testClock())
    const { shop, stub } = visited({ limits })
    const { first, count } = await stub.shelves()
    expect(count).toBe(2)
    expect(await first.baskets[1].add(3)).toBe(3)
    expect(await refused(() => first.baskets[1].empty())).toMatchObject({ code: 'unknown_method' })
    expect(limits.counts()).toEqual({ calls: 0, capabilities: 2 })
    first.baskets[0][Symbol.dispose]()
    first.baskets[1][Symbol.dispose]()
    await expect.poll(() => limits.counts().capabilities).toBe(0)
    expect(shop.did).toEqual(['add 3', 'disposed', 'disposed'])
  })

  it('are counted: too many are refused, and none of a refused answer is kept', async () => {
    const limits = createLimits(() => testClock(), { capabilities: 3 })
    const { shop, stub } = visited({ limits })
    const first = await stub.shelves()
    expect(await refused(() => stub.shelves())).toMatchObject({ code: 'too_many_capabilities', fault: 'quota' })
    expect(limits.counts().capabilities).toBe(2)
    expect(shop.did).toEqual(['disposed'])
    expect(await first.first.baskets[0].count()).toBe(0)
  })
})

describe('arguments', () => {
  it('are checked by schema, each by its place, before anything runs', async () => {
    const { shop, stub } = visited()
    expect(await stub.pay(3, 'bob')).toBe('paid 3 to bob')
    expect(await refused(() => stub.pay('3', 'bob'))).toMatchObject({ code: 'invalid_input', field: 'amount', effect: 'none' })
    expect(await refused(() => stub.pay(3))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('argument 2 of "pay"'),
    })
    expect(await refused(() => stub.pay(3, 'bob', 'more'))).toMatchObject({ code: 'invalid_input' })
    expect(shop.did).toEqual(['pay 3 bob'])
  })

  it('have a size, a depth and a number', async () => {
    const limits = createLimits(() => testClock(), { argumentBytes: 1_000, argumentDepth: 5, argumentValues: 50 })
    const { stub } = visited({ limits })
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    expect(await stub.any('x'.repeat(900), deep(5))).toBe(2)
    expect(await refused(() => stub.any('x'.repeat(1_001)))).toMatchObject({ code: 'too_large', effect: 'none' })
    expect(await refused(() => stub.any(new Uint8Array(1_001)))).toMatchObject({ code: 'too_large' })
    expect(await refused(() => stub.any({ ['k'.repeat(1_001)]: 1 }))).toMatchObject({ code: 'too_large' })
    expect(await refused(() => stub.any(2n ** 9_000n))).toMatchObject({ code: 'too_large' })
    expect(await refused(() => stub.any(deep(6)))).toMatchObject({ code: 'too_deep' })
    expect(await refused(() => stub.any(Array.from({ length: 60 }, () => 0)))).toMatchObject({ code: 'too_large' })
    const planted = JSON.parse('{"__proto__": {"polluted": true}}') as unknown
    await expect(invoke(new Shop(), 'any', [planted], { context: ask })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('limits of a connection', () => {
  it('let so many calls a second through, by the clock they are given', async () => {
    const clock = testClock()
    const { stub } = visited({ limits: createLimits(() => clock, { callsPerSecond: 10, burst: 2 }) })
    expect(await stub.greet('1')).toBe('hello 1')
    expect(await stub.greet('2')).toBe('hello 2')
    const { code, fault, effect, retryAfterMs } = await refused(() => stub.greet('3'))
    expect({ code, fault, effect, retryAfterMs }).toEqual({
      code: 'rate_limited',
      fault: 'quota',
      effect: 'none',
      retryAfterMs: 100,
    })
    clock.advance(100)
    expect(await stub.greet('4')).toBe('hello 4')
  })

  it('let so many wait at once', async () => {
    const { shop, stub } = visited({ limits: createLimits(() => testClock(), { callsAtOnce: 2 }) })
    const waiting = [stub.waits(), stub.waits()].map((call) => call.then((answer: string) => answer))
    expect(await refused(() => stub.waits())).toMatchObject({ code: 'too_many_calls', fault: 'quota' })
    shop.gate.resolve('done')
    expect(await Promise.all(waiting)).toEqual(['done', 'done'])
    expect(await stub.greet('again')).toBe('hello again')
  })
})

describe('authorisation', () => {
  it('by scopes: of nobody, of somebody without, of somebody with one of them, and of the worker itself', async () => {
    const as = (context: object, more: object = {}) =>
      visited({ context: () => ({ requestId: 'test', ...context }), ...more }).stub
    expect(await refused(() => as({}).admin())).toMatchObject({ code: 'unauthorized' })
    expect(await refused(() => as({ principal: 'eve', scopes: ['clerk'] }).admin())).toMatchObject({ code: 'forbidden' })
    expect(await as({ principal: 'ada', scopes: ['root'] }).admin()).toBe('for admins')
    expect(await as({}, { trusted: true }).admin()).toBe('for admins')
  })

  it('by the object: before the arguments are looked at', async () => {
    const calls = createCalls(
      () => testClock(),
      () => {},
    )
    const asked: string[] = []
    calls.authorize((call) => {
      asked.push(`${call.on}.${call.method} by ${call.context.principal}`)
      return call.context.principal === 'ada'
    })
    const eve = visited({ calls, context: () => ({ requestId: 'test', principal: 'eve' }) })
    expect(await refused(() => eve.stub.pay('wrong'))).toMatchObject({ code: 'forbidden', effect: 'none' })
    const ada = visited({ calls, context: () => ({ requestId: 'test', principal: 'ada' }) })
    expect(await ada.stub.basket().add(1)).toBe(1)
    expect(asked).toEqual(['Shop.pay by eve', 'Shop.basket by ada', 'Basket.add by ada'])
    expect(eve.shop.did).toEqual([])
  })
})

describe('middleware and hooks', () => {
  it('stand around the method, in order, see the checked call, and may change the answer', async () => {
    const calls = createCalls(
      () => testClock(),
      () => {},
    )
    const seen: string[] = []
    calls
      .use(async (call, next) => {
        seen.push(`in ${call.method}(${call.args.join()}) ${call.kind}`)
        const answer = await next()
        seen.push('out')
        return call.method === 'greet' ? `${answer}!` : answer
      })
      .before((call) => {
        seen.push('before')
        if (call.method === 'pay') throw refuse('closed', 'The shop is closed.', { fault: 'policy' })
      })
      .after((_, result) => seen.push(`after ${result}`))
      .error((call, error) => {
        seen.push(`error ${call.method} ${(error as ProviderError).code}`)
        throw new Error('a broken hook')
      })
    const { shop, stub } = visited({ calls })
    expect(await stub.greet('ada')).toBe('hello ada!')
    expect(seen).toEqual(['in greet(ada) read', 'before', 'after hello ada', 'out'])
    expect(await refused(() => stub.pay(1, 'bob'))).toMatchObject({ code: 'closed', fault: 'policy' })
    expect(seen.at(-1)).toBe('error pay closed')
    expect(shop.did).toEqual([])
  })

  it('run inside the context of the call', async () => {
    const { stub } = visited({ context: () => ({ requestId: 'r-1', principal: 'ada', scopes: ['a'] }) })
    expect(await stub.who()).toEqual({ requestId: 'r-1', principal: 'ada', scopes: ['a'] })
  })

  it('keep the order of calls where nobody has to be waited for', async () => {
    const { shop, stub } = visited()
    const calls = Array.from({ length: 50 }, (_, index) => stub.pay(index, 'bob'))
    await Promise.all(calls)
    expect(shop.did).toEqual(calls.map((_, index) => `pay ${index} bob`))
  })
})

describe('calls that come again', () => {
  it('let nothing but capabilities be made again', async () => {
    const deliver = (args: readonly unknown[]) => ({ args, replaying: true, repeated: false, once: () => 'saved' })
    const shop = new Shop()
    await expect(invoke(shop, 'basket', [], { context: ask, deliver })).resolves.toBeInstanceOf(Capability)
    for (const method of ['pay', 'greet']) {
      await expect(invoke(shop, method, [1, 'bob'], { context: ask, deliver })).rejects.toMatchObject({
        code: 'not_replayable',
        effect: 'none',
      })
    }
    expect(shop.did).toEqual([])
  })

  it('give writes to whoever saves their answers, bare and inside everything else', async () => {
    const shop = new Shop()
    const saved: unknown[] = []
    const calls = createCalls(
      () => testClock(),
      () => {},
    ).after((_, result) => saved.push(`after ${result}`)) as ReturnType<typeof createCalls>
    const once = (run: () => unknown) => {
      saved.push(run())
      return 'saved'
    }
    const deliver = (args: readonly unknown[]) => ({ args: args.slice(1), replaying: false, repeated: true, once })
    await expect(invoke(shop, 'pay', ['mark', 5, 'bob'], { context: ask, deliver, calls })).resolves.toBe('saved')
    expect(saved).toEqual(['paid 5 to bob', 'after saved'])
    await expect(invoke(shop, 'greet', ['mark', 'ada'], { context: ask, deliver })).resolves.toBe('hello ada')
  })
})

describe('errors', () => {
  it('that are typed arrive with their fields; others arrive without their text, which is not logged either', async () => {
    const lines: LogLine[] = []
    const { stub } = visited({
      calls: createCalls(
        () => testClock(),
        (line) => lines.push(line),
      ),
    })
    const sold = await refused(() => stub.refuses())
    expect(sold).toMatchObject({
      code: 'sold_out',
      field: 'item',
      retryAfterMs: 50,
      fault: 'policy',
      effect: 'none',
      message: 'Nothing is left.',
    })
    expect(lines).toEqual([])
    const broken = await refused(() => stub.breaks())
    expect(broken).toMatchObject({ code: 'internal_error', fault: 'provider', effect: 'unknown' })
    expect(JSON.stringify([broken, lines])).not.toContain('hunter2')
    expect(lines).toMatchObject([
      { event: 'call.failed', level: 'error', on: 'Shop', method: 'breaks', error: 'Error', requestId: 'test' },
    ])
  })

  it('are the same on both sides of a wire', () => {
    const error = new ProviderError({
      code: 'c',
      fault: 'network',
      effect: 'unknown',
      message: 'm',
      field: 'a.b',
      status: 503,
      vendorCode: '11',
      retryAfterMs: 5,
      requestId: 'r',
      provider: 'p',
      operation: 'o',
      trail: [{ provider: 'p', outcome: 'failed' } as never],
      cause: new Error('inside'),
    })
    const wire = toWire(error)
    expect(wire.stack).toBeUndefined()
    expect(wire.cause).toBeUndefined()
    const back = fromWire(Object.assign(new Error(wire.message), { ...wire })) as ProviderError
    expect(ProviderError.is(back)).toBe(true)
    expect(back.toJSON()).toEqual(error.toJSON())
    const unknown = fromWire(Object.assign(new Error('m'), { code: 'c', fault: 'network', effect: 'unknown', key: 'k-1' }))
    expect(unknown).toMatchObject({ name: 'OutcomeUnknownError', key: 'k-1' })
  })

  it('of the protocol leave without a stack and say no more than they must', () => {
    for (const error of [
      new TypeError("'a.b' is not a function."),
      new TypeError("Attempted to access property 'x', which is an instance property"),
    ]) {
      expect(sendError(error)).toMatchObject({ code: 'unknown_method' })
      expect(sendError(error).stack).toBeUndefined()
    }
    expect(sendError(new RangeError('hidden text'))).toMatchObject({
      code: 'internal_error',
      message: expect.not.stringContaining('hidden'),
    })
  })
})
