import { newHttpBatchRpcSession, newMessagePortRpcSession } from 'capnweb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../test/harness.ts'
import { differences, ModelDesk, play, program, random } from './test/graphs.ts'
import { cut, type Desks, startDesks } from './test/harness.ts'

let desks: Desks

beforeAll(async () => {
  desks = await startDesks()
}, 60_000)
afterAll(() => desks.close())

const codeOf = (promise: PromiseLike<unknown>) =>
  Promise.resolve(promise).then(
    (value) => `answered ${JSON.stringify(value)}`,
    (error) => error.code ?? error.message,
  )

describe('a stock client', () => {
  test("uses all of Cap'n Web: pipelining, nested capabilities, callbacks, map, errors, disposal", async () => {
    const api = desks.stock('stock')
    expect(await api.echo({ a: [1, [2]], at: new Date(5), big: 7n })).toEqual({ a: [1, [2]], at: new Date(5), big: 7n })
    expect(await api.counter(10).times(3).add(1)).toBe(31)
    const pair = await api.counter(4).pair(5)
    expect([await pair.left.add(1), await pair.right[0].add(1)]).toEqual([5, 6])
    expect(await api.call((value: number) => value * 2, 21)).toEqual({ answer: 42 })
    expect(await api.list(3).map((item: number) => api.echo(item))).toEqual([0, 1, 2])
    await expect(api.fail('as_told')).rejects.toMatchObject({ code: 'as_told', fault: 'caller', effect: 'none' })
    expect(await codeOf(api.state.get('posted'))).toBe('unknown_method')

    const { disposed } = await api.stats()
    const counter = await api.counter(1)
    counter[Symbol.dispose]()
    expect((await api.stats()).disposed).toBe(disposed + 1)
  })

  test('keeps everything it holds over two real hibernations, as does ours', async () => {
    const ours = desks.connect('sleeper-ours')
    const sleepers = [desks.stock('sleeper'), ours.api as never] as const
    await Promise.all(
      sleepers.map(async (api, index) => {
        const heard: unknown[] = []
        const counter = await api.counter(10)
        const promised = api.counter(7)
        const pair = await api.counter(4).pair(5)
        const leaked = await api.leak(3)
        await api.listen('all', (value: unknown) => heard.push(value))
        let { life } = await api.stats()
        for (const nap of [1, 2]) {
          await new Promise((resolve) => setTimeout(resolve, 11_500))
          const stats = await api.stats()
          expect(stats.life, 'the object was out of memory').not.toBe(life)
          life = stats.life
          expect(await counter.add(5)).toBe(15)
          expect(await counter.times(3).add(1)).toBe(31)
          expect(await promised.add(1)).toBe(8)
          expect([await pair.left.add(1), await pair.right[0].add(1)]).toEqual([5, 6])
          expect(await api.counter(2).add(40)).toBe(42)
          expect(await api.call((value: unknown) => `nap ${value}`, nap)).toEqual({ answer: `nap ${nap}` })
          await api.tell(`nap ${nap}`)
          expect(heard).toHaveLength(nap)
          expect(await codeOf(leaked.add(1)), 'a capability from a method that is none').toBe('not_replayable')
        }
        // From the alarm, with nobody calling.
        await api.ring('from the alarm')
        await until(
          async () => heard,
          (list) => list.includes('from the alarm'),
        )
        if (index === 1) expect(ours.sockets, 'one socket for all of it').toHaveLength(1)
      }),
    )
  }, 60_000)

  test('sends a batch over HTTP', async () => {
    const api = newHttpBatchRpcSession(desks.url('batch')) as never as ReturnType<Desks['stock']>
    const [echo, sum, failed] = await Promise.all([api.echo(1), api.counter(3).times(2).add(4), codeOf(api.fail('as_told'))])
    expect([echo, sum, failed]).toEqual([1, 10, 'as_told'])
  })
})

describe('our client', () => {
  test('goes on with the same stubs after a cut and after a kill', async () => {
    const client = desks.connect('cut')
    const heard: unknown[] = []
    const counter = await client.api.counter(10)
    const promised = client.api.counter(7)
    const pair = await counter.pair(5)
    await client.api.listen('all', async (value) => heard.push(value))
    const { life } = await client.api.stats()

    cut(client)
    expect(await counter.add(5)).toBe(15)
    expect(await promised.times(2).add(1)).toBe(15)
    await client.api.tell('after the cut')

    await desks.workerd.kill()
    const early = counter.times(4).add(2)
    await desks.workerd.start()
    expect(await early, 'called while there was no server').toBe(42)
    expect(await pair.left.add(1)).toBe(11)
    await client.api.tell('after the kill')
    expect(heard).toEqual(['after the cut', 'after the kill'])
    const stats = await client.api.stats()
    expect(stats.life).not.toBe(life)
    expect(stats.connections).toBe(1)
    expect(client.state).toBe('open')
  })

  test('never runs a write twice: answered before the cut, during it, or nobody knows', async () => {
    const client = desks.connect('writes')
    const { api } = client
    await api.post('before')

    // Under way when the socket is cut, and still running: the repeated call waits for the same end.
    const joined = api.postSlowly('joined', 'one')
    await until(
      () => desks.get('/desk/writes/posted'),
      (texts) => texts.includes('joined:begun'),
    )
    cut(client)
    await client.api.echo('again')
    await desks.open('writes', 'one')
    expect(await joined).toEqual({ text: 'joined', done: true })

    // Under way when the process is killed: nobody knows how far it came.
    const killed = api.postSlowly('killed', 'two')
    const quick = Array.from({ length: 20 }, (_, index) => api.post(`quick ${index}`))
    await until(
      () => desks.get('/desk/writes/posted'),
      (texts) => texts.includes('killed:begun'),
    )
    await desks.workerd.kill()
    await desks.workerd.start()
    await expect(killed).rejects.toMatchObject({ code: 'call_interrupted', effect: 'unknown' })
    const answers = await Promise.all(quick)
    const texts: string[] = await desks.get('/desk/writes/posted')
    expect(texts).toEqual([...new Set(texts)])
    expect(texts).toHaveLength(1 + 2 + 1 + 20)
    // The saved answers are those of the first time.
    expect(answers.map(({ count }) => texts[count - 1])).toEqual(answers.map(({ text }) => text))
  })

  test('writes once each through SIGKILL at any moment', async () => {
    const client = desks.connect('storm')
    const acknowledged: string[] = []
    const sent: Promise<void>[] = []
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 40; index += 1) {
        const text = `${round}.${index}`
        sent.push(client.api.post(text).then(() => void acknowledged.push(text)))
        if (index % 8 === 7) await new Promise((resolve) => setImmediate(resolve))
      }
      await desks.workerd.kill()
      await desks.workerd.start()
    }
    await Promise.all(sent)
    const texts: string[] = await desks.get('/desk/storm/posted')
    expect(texts).toHaveLength(160)
    expect([...texts].sort()).toEqual([...acknowledged].sort())
  })

  test('random call graphs come to the same over real sockets, cut at random, while the process is killed again and again', async () => {
    const next = random(4_711)
    const wrong: string[] = []
    let cuts = 0
    let running = true
    const killing = (async () => {
      for (let kill = 0; kill < 4 && running; kill += 1) {
        await new Promise((resolve) => setTimeout(resolve, 150 + next(300)))
        await desks.workerd.kill()
        await desks.workerd.start()
      }
    })()
    const seeds = Array.from({ length: 48 }, (_, index) => 50_000 + index)
    const lane = async () => {
      for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
        const name = `graph-${seed}`
        const client = desks.connect(name)
        const groups = program(seed)
        const got = await play(client.api, groups, async () => {
          if (next(4) > 0) return
          cuts += 1
          cut(client)
        })
        const desk = new ModelDesk()
        const { port1, port2 } = new MessageChannel()
        newMessagePortRpcSession(port2 as never, desk)
        const expected = await play(newMessagePortRpcSession(port1 as never), groups, async () => {})
        port1.close()
        wrong.push(...differences(expected, got).map((text) => `${seed}: ${text}`))
        const texts: string[] = await until(() => desks.get(`/desk/${name}/posted`).catch(() => undefined), Array.isArray)
        // The calls of one map() all write the same few numbers.
        const named = texts.filter((text) => String(text).includes('.'))
        if (new Set(named).size !== named.length) wrong.push(`${seed}: written twice: ${named}`)
        client.close()
      }
    }
    await Promise.all(Array.from({ length: 6 }, lane))
    running = false
    await killing
    expect(wrong).toEqual([])
    expect(cuts).toBeGreaterThan(40)
  }, 90_000)

  test('a subscription goes on from its last cursor: no event twice, none lost', async () => {
    const client = desks.connect('feed')
    const seen: number[] = []
    const opened: number[] = []
    const subscription = client.subscribe<number, number>(
      (api, cursor, onEvent) => {
        opened.push(cursor)
        return api.feed(cursor, async (value) => onEvent(value as number, value as number))
      },
      { cursor: 0, on: (event) => seen.push(event) },
    )
    await until(
      async () => seen.length,
      (count) => count > 3,
    )
    cut(client)
    await until(
      async () => seen.length,
      (count) => count > 40,
    )
    await desks.workerd.kill()
    const before = seen.length
    await desks.workerd.start()
    await until(
      async () => seen.length,
      (count) => count > before + 20,
    )
    subscription.close()
    expect(seen).toEqual(seen.map((_, index) => index + 1))
    expect(opened.length).toBeGreaterThan(2)
    expect(subscription.cursor).toBe(seen.at(-1))
  })

  test('gives up after its time, and when it is told to', async () => {
    const client = desks.connect('late')
    const stop = new AbortController()
    const slow = client.with({ timeoutMs: 50 }).postSlowly('late', 'never')
    await expect(slow).rejects.toMatchObject({ code: 'timeout', effect: 'unknown' })
    const aborted = client.with({ signal: stop.signal }).postSlowly('later', 'never')
    queueMicrotask(() => stop.abort())
    await expect(aborted).rejects.toMatchObject({ code: 'cancelled' })
    expect(await client.api.echo('still here')).toBe('still here')
  })

  test('a stream does not live longer than its connection, and says so', async () => {
    const client = desks.connect('streams')
    const stream = await client.api.numbers()
    const reader = (stream as unknown as ReadableStream<number>).getReader()
    expect((await reader.read()).value).toBe(1)
    cut(client)
    await client.api.echo('again')
    await reader.read().catch(() => {})
    await expect(reader.read()).rejects.toMatchObject({ code: 'stream_reset' })
  })

  test('closes for good', async () => {
    const client = desks.connect('closed')
    await client.api.echo(1)
    client.close()
    expect(await client.closed).toBeUndefined()
    expect(client.state).toBe('closed')
    expect(await codeOf(client.api.echo(2))).toBe('connection_closed')
  })
})

describe('resume tokens', () => {
  const talk = async (protocols: string[], frames: unknown[], as = 'ada') => {
    const socket = new WebSocket(desks.url('tokens', as).replace('http', 'ws'), protocols)
    const got: unknown[][] = []
    socket.addEventListener('message', ({ data }) =>
      got.push(
        ...String(data)
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    )
    const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    for (const frame of frames) socket.send(JSON.stringify(frame))
    return { got, socket, closed }
  }

  test('are good for their principal only, and for nobody who guesses', async () => {
    const client = await talk(['do.rpc.1'], [])
    await until(
      async () => client.got,
      (got) => got.length > 0,
    )
    const [, session, token] = client.got[0] as [string, string, string]
    expect(token).toHaveLength(43)
    // What must not happen when a resume is refused: the write in its record.
    const record = [1, 0, 0, [[1, 1, 1, '["push",["pipeline",0,["post"],["stolen"]]]']], [], []]
    const attempts: [string, unknown, string][] = [
      [session, token, 'eve'],
      [session, `${token.slice(0, -2)}xx`, 'ada'],
      [session, null, 'ada'],
      ['guessed', token, 'ada'],
    ]
    for (const [id, secret, as] of attempts) {
      const other = await talk(
        [`do.rpc.1.resume.${id}`],
        [
          ['resume', secret, record],
          ['push', ['pipeline', 0, ['post'], ['stolen']]],
          ['pull', 2],
        ],
        as,
      )
      expect(await other.closed).toBe(1008)
      expect(other.got).toEqual([
        ['refused', expect.objectContaining({ code: 'resume_refused', fault: 'credential', effect: 'none' })],
      ])
    }
    expect(client.socket.readyState, 'the owner is not disturbed').toBe(WebSocket.OPEN)
    expect(await desks.get('/desk/tokens/posted')).toEqual([])

    const own = await talk([`do.rpc.1.resume.${session}`], [['resume', token, record]])
    await until(
      async () => own.got,
      (got) => got.some(([kind]) => kind === 'resolve'),
    )
    expect(own.got[0]).toEqual(['resumed'])
    await until(
      async () => client.socket.readyState,
      (state) => state !== WebSocket.OPEN,
    )
    expect(await desks.get('/desk/tokens/posted')).toEqual(['stolen'])
    own.socket.close()
  })

  test('a client whose session is refused breaks its stubs and goes on with a new one', async () => {
    const options: { as: string } = { as: 'ada' }
    let as = 'ada'
    const made: WebSocket[] = []
    const client = desks.connect('switch', {
      ...options,
      webSocket: (_, protocols) => {
        const socket = new WebSocket(desks.url('switch', as).replace('http', 'ws'), protocols)
        made.push(socket)
        return socket
      },
    })
    const counter = await client.api.counter(1)
    as = 'eve'
    made.at(-1)?.close()
    await until(
      async () => codeOf(client.api.echo('new')),
      (text) => text === 'answered "new"',
    )
    expect(await codeOf(counter.add(1))).toBe('resume_refused')
  })
})

describe('limits', () => {
  const raw = async (frames: (string | ArrayBuffer)[]) => {
    const socket = new WebSocket(desks.url('limits').replace('http', 'ws'))
    const got: unknown[][] = []
    socket.addEventListener('message', ({ data }) => got.push(JSON.parse(String(data))))
    const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    for (const frame of frames) socket.send(frame)
    return {
      code: await closed,
      reason: (got.find(([kind]) => kind === 'abort')?.[1] as [string, string, string, null, { code: string }])?.[4].code,
    }
  }

  test.each([
    ['no JSON', ['hello'], 1008, 'malformed_frame'],
    ['no frame', ['{"push":1}'], 1008, 'malformed_frame'],
    ['an unknown kind', ['["grab",1]'], 1008, 'malformed_frame'],
    ['bytes', [new ArrayBuffer(8)], 1008, 'malformed_frame'],
    ['a release of nothing', ['["release","1"]'], 1008, 'malformed_frame'],
    ['too large', [`["push",["pipeline",0,["echo"],["${'x'.repeat(1_100_000)}"]]]`], 1009, 'frame_too_large'],
    [
      'too deep',
      [`["push",["pipeline",0,["echo"],[${'[['.repeat(200)}["import",0]${']]'.repeat(200)}]]]`],
      1008,
      'frame_too_deep',
    ],
    ['too many calls', Array.from({ length: 2_001 }, () => '["push",["pipeline",0,["echo"],[1]]]'), 1008, 'too_many_calls'],
  ] as [string, (string | ArrayBuffer)[], number, string][])(
    '%s: a typed error, then the end',
    async (_, frames, code, reason) => {
      expect(await raw(frames)).toEqual({ code, reason })
      expect(await desks.stock('limits').echo('healthy')).toBe('healthy')
    },
  )

  test('too many capabilities', async () => {
    const api = desks.stock('limits-held')
    const held: unknown[] = []
    const failed = await (async () => {
      for (;;) held.push(await api.counter(1))
    })().catch((error) => error.code)
    expect(failed).toBe('too_many_capabilities')
    expect(held).toHaveLength(1_000)
  })
})
