import { describe, expect, it } from 'vitest'
import { pause } from './room.ts'
import { until, useFlows } from './test/harness.ts'

const { sink, flows, get, reaches, doing } = useFlows()

describe('an action', () => {
  it('is written down, runs by the alarm, and keeps its answer and history', async () => {
    const id = await doing('plain', 'echo', { word: 'hello' })
    const run = await reaches('plain', id, 'completed')
    expect(run).toMatchObject({ name: 'echo', version: 1, kind: 'do', attempts: 1, result: 'hello', input: { word: 'hello' } })
    expect(run.history).toMatchObject([{ attempt: 1, outcome: 'completed' }])
    expect(run.dueAt).toBeUndefined()
  })

  it('waits for its time', async () => {
    const never = Date.now() + 600_000
    const later = await doing('later', 'echo', { word: 'later' }, { at: never })
    const at = Date.now() + 150
    const id = await doing('later', 'echo', { word: 'soon' }, { at })
    expect((await reaches('later', id, 'completed')).finishedAt).toBeGreaterThanOrEqual(at)
    expect(await get('later', later)).toMatchObject({ state: 'pending', dueAt: never })
  })

  it('goes with the transaction that wanted it', async () => {
    expect(await flows().scenario('rollback', 'rolled back')).toEqual({ after: 'here', runs: 1 })
  })

  it('is refused when anything about it is wrong, before anything is written', async () => {
    expect(await flows().scenario('bad', 'bad options')).toEqual([
      'unknown_action',
      'unknown_action',
      'invalid_input',
      'invalid_value',
      'invalid_key',
      'invalid_time',
      'invalid_option',
      'invalid_option',
      'too_large',
      'already_defined',
      'invalid_action',
      'invalid_limit',
      'invalid_cursor',
      'not_uncertain',
      0,
    ])
  })

  it('gets what its schema makes of the input', async () => {
    const id = await doing('schema', 'checked', { text: '  trimmed ' })
    expect(await reaches('schema', id, 'completed')).toMatchObject({ input: { text: 'trimmed' }, result: 'trimmed' })
  })

  it('is one run for one key; another wish under the key is refused', async () => {
    const key = 'order-42'
    const first = await doing('keys', 'echo', { word: 'a', ms: 1 }, { key })
    expect(await doing('keys', 'echo', { ms: 1, word: 'a' }, { key })).toBe(first)
    await reaches('keys', first, 'completed')
    expect(await doing('keys', 'echo', { word: 'a', ms: 1 }, { key })).toBe(first)
    expect(await doing('keys', 'echo', { word: 'b' }, { key })).toMatchObject({ code: 'idempotency_key_reused', field: 'key' })
    expect(await doing('keys', 'fail', { word: 'a', ms: 1 }, { key })).toMatchObject({ code: 'idempotency_key_reused' })
    expect(await get('keys', key)).toMatchObject({ id: first })
    expect(await flows().call('keys', 'try', 'echo', { word: 'a', ms: 1 }, { key })).toBe('a')
    expect((await flows().call('keys', 'list')).items).toHaveLength(1)
  })

  it('is repeated after a failure, with what its steps have done', async () => {
    const id = await doing('flaky', 'flaky', { times: 2 })
    // The step that fails is synchronous: its counting is rolled back with it, so it would never succeed.
    const dead = await reaches('flaky', id, 'failed')
    expect(dead).toMatchObject({ attempts: 5, error: { name: 'Error', step: 'maybe' } })
    expect(dead.history.map(({ outcome }: any) => outcome)).toEqual(Array(5).fill('failed'))
    expect(await flows().call('flaky', 'state/get', 'before')).toBe(1)
    expect(await flows().call('flaky', 'state/get', 'flaky')).toBe(5)
    expect(await flows().call('flaky', 'state/get', 'maybe')).toBeNull()
    expect(JSON.stringify(dead)).not.toContain('not yet')
  })

  it('repeats a step by itself where the step says so, and goes another way when that is over, the same each time', async () => {
    const works = await doing('patient', 'patient', { times: 2 })
    expect(await reaches('patient', works, 'completed')).toMatchObject({ result: 'worked', attempts: 1 })
    const not = await doing('impatient', 'patient', { times: 99 })
    const run = await reaches('impatient', not, 'completed')
    expect(run).toMatchObject({ result: 'instead of step_failed', attempts: 1 })
    expect(run.steps).toMatchObject([{ name: 'try', state: 'failed', attempts: 3 }, { name: 'instead' }, { name: 'pause' }])
    expect(await flows().call('impatient', 'state/get', 'try')).toBe(3)
    expect(await flows().call('impatient', 'state/get', 'instead')).toBe(1)
  })

  it('writes what a step answers a function for together with the step', async () => {
    const id = await doing('commit', 'commit')
    expect(await reaches('commit', id, 'completed')).toMatchObject({ result: 1 })
    expect(await flows().call('commit', 'state/get', 'total')).toBe(1)
  })

  it.each([
    ['name', 'invalid_step'],
    ['sideEffect', 'invalid_step'],
    ['result', 'invalid_value'],
    ['async result', 'invalid_value'],
  ])('fails at once for a step with a bad %s', async (bad, code) => {
    const id = await doing('badstep', 'bad step', { bad })
    expect(await reaches('badstep', id, 'failed')).toMatchObject({ attempts: 1, error: { code } })
  })

  it('fails for a bad step even where its code looks away', async () => {
    expect(await reaches('swallow', await doing('swallow', 'swallow'), 'failed')).toMatchObject({
      error: { code: 'invalid_step' },
    })
  })

  it('runs steps side by side, and knows them again in any order', async () => {
    const arrived = sink().hold(/^\/boundary\/parallel$/)
    const id = await doing('parallel', 'parallel')
    await arrived
    await flows().crash()
    sink().forget()
    expect(await reaches('parallel', id, 'completed')).toMatchObject({ result: 'joined' })
    for (const effect of ['a1', 'b1', 'a2/x', 'b2/x']) expect(sink().count(`/effect/${effect}`)).toBe(1)
  })
})

describe('a try', () => {
  it('has one attempt, now, and is recorded', async () => {
    expect(await flows().call('try', 'try', 'echo', { word: 'now' })).toBe('now')
    expect(await flows().call('try', 'try', 'fail', { code: 'broken' })).toMatchObject({ status: 500 })
    const { items } = await flows().call('try', 'list')
    expect(items).toMatchObject([
      { kind: 'try', name: 'fail', state: 'failed', attempts: 1, error: { code: 'broken' } },
      { kind: 'try', name: 'echo', state: 'completed' },
    ])
    expect((await flows().call('try', 'dead/list')).items).toEqual([])
  })

  it('cannot wait', async () => {
    await flows().call('trywait', 'try', 'waiter', {})
    expect((await flows().call('trywait', 'list')).items).toMatchObject([{ state: 'failed', error: { code: 'try_cannot_wait' } }])
  })

  it('that dies with its process says so afterwards, by the alarm alone', async () => {
    const arrived = sink().hold(/^\/boundary\/try$/)
    void flows()
      .call('trycrash', 'try', 'narrow', { path: '/boundary/try' }, { timeoutMs: 200 })
      .catch(() => {})
    await arrived
    await flows().crash()
    sink().forget()
    const [run] = await until(
      async () => (await flows().call('trycrash', 'list')).items,
      ([{ state }]) => state === 'failed',
    )
    expect(run).toMatchObject({ kind: 'try', error: { code: 'crashed' } })
  })
})

describe('a side effect whose answer is lost', () => {
  it('is uncertain, and never repeated', async () => {
    const id = await doing('doubt', 'doubtful', { tag: 'doubt' })
    const run = await reaches('doubt', id, 'uncertain')
    expect(run).toMatchObject({
      waitsFor: 'pay',
      error: { code: 'http_503', step: 'pay' },
      steps: [{ name: 'pay', state: 'uncertain' }],
    })
    expect(await flows().call('doubt', 'resolve', id, 'other', { outcome: 'done' })).toMatchObject({ code: 'not_uncertain' })
    expect(await flows().call('doubt', 'resolve', id, 'pay', { outcome: 'perhaps' })).toMatchObject({ code: 'invalid_option' })
    expect(sink().count('/fail-after/doubt')).toBe(1)
    await flows().call('doubt', 'resolve', id, 'pay', { outcome: 'not-done' })
    await until(
      async () => sink().count('/fail-after/doubt'),
      (count) => count === 2,
    )
    await reaches('doubt', id, 'uncertain')
    await flows().call('doubt', 'resolve', id, 'pay', { outcome: 'done', result: 'paid' })
    expect(await reaches('doubt', id, 'completed')).toMatchObject({ result: 'paid' })
  })

  it('is known after all when the answer comes late', async () => {
    const arrived = sink().hold(/^\/boundary\/late$/)
    const id = await doing('late', 'late')
    await arrived
    await reaches('late', id, 'uncertain')
    sink().release()
    expect(await reaches('late', id, 'completed')).toMatchObject({ result: 'x' })
    expect(sink().count('/boundary/late')).toBe(1)
  })

  it('is repeated when the error proves that nothing happened', async () => {
    const id = await doing('proof', 'proven', { tag: 'proof' })
    expect(await reaches('proof', id, 'completed')).toMatchObject({ attempts: 2, result: 'x' })
    expect(sink().count('/effect/proof')).toBe(1)
  })
})

describe('a record', () => {
  it('of each change of a state is told, none of each step', async () => {
    expect(await flows().scenario('told', 'told')).toEqual([
      ['create', 'pending'],
      ['update', 'running'],
      ['update', 'completed'],
      ['create', 'pending'],
      ['update', 'running'],
      ['update', 'failed'],
      ['delete', null],
    ])
  })

  it('is forgotten after its time, but a dead letter never', async () => {
    expect(await flows().scenario('forget', 'forget')).toEqual({ dead: 1, before: 3, after: [['fail', 'failed']] })
  })
})

describe('time', () => {
  it('ends an attempt, which is repeated; a once step is uncertain then', async () => {
    const slow = await doing('slow', 'slow', null, { attempts: 2 })
    expect(await reaches('slow', slow, 'failed')).toMatchObject({ attempts: 2, error: { code: 'timed_out' } })
    const once = await doing('slow', 'slow once')
    expect(await reaches('slow', once, 'uncertain')).toMatchObject({ waitsFor: 'hang', error: { code: 'timed_out' } })
  })

  it('ends a step', async () => {
    const id = await doing('slowstep', 'slow step')
    expect(await reaches('slowstep', id, 'failed')).toMatchObject({
      attempts: 1,
      error: { code: 'step_timed_out', step: 'hang' },
    })
  })

  it('is over for the whole action, however long it would sleep', async () => {
    const id = await doing('endless', 'endless')
    expect(await reaches('endless', id, 'failed')).toMatchObject({ error: { code: 'timed_out' } })
  })

  it('between attempts is by chance, up to a bound that doubles', () => {
    const retries = { backoffMs: 100, maxBackoffMs: 1_000 }
    expect([1, 2, 3, 4, 5, 99].map((n) => pause(n, retries, () => 1))).toEqual([100, 200, 400, 800, 1_000, 1_000])
    expect(pause(3, retries, () => 0.25)).toBe(100)
  })
})

describe('cancel', () => {
  it('ends what sleeps, once, and undoes what was done', async () => {
    const id = await doing('trip', 'trip', { tag: 't1' })
    await reaches('trip', id, 'sleeping')
    expect(await flows().call('trip', 'cancel', id, 'rain')).toBe(true)
    expect(await flows().call('trip', 'cancel', id, 'rain')).toBe(false)
    expect(await get('trip', id)).toMatchObject({ state: 'cancelled', reason: 'rain' })
    await until(
      async () => sink().count('/effect/unbook-t1-x-rain'),
      (count) => count === 1,
    )
    const [compensation] = (await flows().call('trip', 'list', { kind: 'compensate' })).items
    expect(compensation).toMatchObject({ of: id, name: 'trip' })
    await reaches('trip', compensation.id, 'completed')
  })

  it('aborts what runs', async () => {
    const arrived = sink().hold(/^\/boundary\/abort$/)
    const id = await doing('abort', 'fetch', { path: '/boundary/abort' })
    await arrived
    expect(await flows().call('abort', 'cancel', id)).toBe(true)
    sink().release()
    expect(await get('abort', id)).toMatchObject({ state: 'cancelled', history: [{ outcome: 'cancelled' }] })
    const next = await doing('abort', 'echo', { word: 'next' })
    await reaches('abort', next, 'completed')
    expect(await get('abort', id)).toMatchObject({ state: 'cancelled' })
  })
})

describe('dead letters', () => {
  it('are listed, inspected, driven again and discarded: one, many, all that match', async () => {
    const codes = ['a', 'a', 'b', 'c']
    const ids = await Promise.all(codes.map((code) => doing('dead', 'fail', { code }, { attempts: 2 })))
    for (const id of ids) await reaches('dead', id, 'failed')
    expect((await flows().call('dead', 'dead/list')).items).toHaveLength(4)
    expect((await flows().call('dead', 'dead/list', { code: 'a' })).items).toHaveLength(2)
    const page = await flows().call('dead', 'dead/list', { limit: 3 })
    expect((await flows().call('dead', 'dead/list', { limit: 3, cursor: page.cursor })).items).toHaveLength(1)
    const letter = await flows().call('dead', 'dead/get', ids[0])
    expect(letter).toMatchObject({ attempts: 2, error: { code: 'a' }, history: [{ attempt: 1 }, { attempt: 2 }] })
    expect(JSON.stringify(letter)).not.toContain('secret')

    expect(await flows().call('dead', 'dead/redrive', { code: 'a' }, { at: Date.now() + 60_000 })).toBe(2)
    expect(await get('dead', ids[1])).toMatchObject({ state: 'pending', attempts: 0 })
    expect(await flows().call('dead', 'dead/redrive', [ids[2], ids[0], 'nobody'], { at: Date.now() + 60_000 })).toBe(1)
    expect(await flows().call('dead', 'dead/discard', ids[1])).toBe(0)
    expect(await flows().call('dead', 'dead/discard', {})).toBe(1)
    expect(await get('dead', ids[3])).toBeNull()
  })

  it('go on where they stood once what was broken works', async () => {
    sink().down = true
    const id = await doing('mended', 'fetch', { path: '/switch' }, { attempts: 2 })
    await reaches('mended', id, 'failed')
    sink().down = false
    expect(await flows().call('mended', 'dead/redrive', id)).toBe(1)
    expect(await reaches('mended', id, 'completed')).toMatchObject({ result: 'x' })
  })

  it('get what cannot be mended by trying at once', async () => {
    const id = await doing('final', 'fail', { final: true, code: 'declined' })
    expect(await reaches('final', id, 'failed')).toMatchObject({ attempts: 1, error: { code: 'declined' } })
  })
})

describe('what does not wait for others', () => {
  it('50 fast ones behind one that is slow and one that backs off', async () => {
    const arrived = sink().hold(/^\/boundary\/slow$/)
    const slow = await doing('starve', 'narrow', { path: '/boundary/slow' })
    await arrived
    const failing = await doing('starve', 'fail', {})
    const fast = await Promise.all(Array.from({ length: 50 }, (_, n) => doing('starve', 'narrow', { path: `/effect/fast-${n}` })))
    for (const id of fast) await reaches('starve', id, 'completed')
    expect(await get('starve', slow)).toMatchObject({ state: 'running' })
    sink().release()
    await reaches('starve', slow, 'completed')
    await reaches('starve', failing, 'failed')
  })

  it('other actions, when one has no place left; other keys, when one is busy', async () => {
    const held = sink().hold(/^\/boundary\/full/, 3)
    const full = await Promise.all([1, 2, 3].map((n) => doing('lanes', 'narrow', { path: `/boundary/full-${n}` })))
    const keyed = await Promise.all([1, 2, 3].map((n) => doing('lanes', 'keyed', { key: 'busy', path: `/boundary/full-k${n}` })))
    await held
    const other = await doing('lanes', 'keyed', { key: 'other', path: '/effect/other' })
    const echo = await doing('lanes', 'echo', { word: 'through' })
    await reaches('lanes', other, 'completed')
    await reaches('lanes', echo, 'completed')
    const states = await Promise.all([...full, ...keyed].map(async (id) => (await get('lanes', id)).state))
    expect(states).toEqual(['running', 'running', 'pending', 'running', 'pending', 'pending'])
    sink().release()
    for (const id of [...full, ...keyed]) await reaches('lanes', id, 'completed')
    const times = await Promise.all(keyed.map(async (id) => (await get('lanes', id)).history[0]))
    for (const n of [1, 2]) expect(times[n].startedAt).toBeGreaterThanOrEqual(times[n - 1].endedAt)
  })
})

describe('a breaker', () => {
  it('opens after failures in a row; what waits for it loses no attempt, and goes on when one has got through', async () => {
    sink().down = true
    const first = await doing('breaker', 'guarded', { path: '/switch' })
    await reaches('breaker', first, 'failed')
    expect(await flows().call('breaker', 'breakers')).toMatchObject([{ name: 'vendor', mode: 'open', failures: 3 }])
    expect(await flows().call('breaker', 'try', 'guarded', { path: '/switch' })).toMatchObject({ code: 'breaker_open' })
    const asked = sink().count('/switch')
    const others = await Promise.all([1, 2, 3].map(() => doing('breaker', 'guarded', { path: '/switch' })))
    const waiting = await Promise.all(others.map((id) => reaches('breaker', id, 'waiting')))
    for (const run of waiting) expect(run).toMatchObject({ attempts: 0, waitsFor: 'breaker:vendor' })
    expect(sink().count('/switch')).toBe(asked)
    sink().down = false
    for (const id of others) expect(await reaches('breaker', id, 'completed')).toMatchObject({ attempts: 1 })
    expect(await flows().call('breaker', 'breakers')).toEqual([])
  })
})
