import { describe, expect, it } from 'vitest'
import { useFlows } from './test/harness.ts'

const { flows, reaches, doing } = useFlows()

describe('waiting for an event', () => {
  const emit = (flow: string, order: string) => flows().call(flow, 'events/emit', 'Order.paid', { order })

  it('gets what fits, and lets the rest pass', async () => {
    const id = await doing('wait', 'waiter', { until: 'mine' })
    expect(await reaches('wait', id, 'waiting')).toMatchObject({ waitsFor: 'event:Order.paid' })
    await emit('wait', 'other')
    await emit('wait', 'mine')
    expect(await reaches('wait', id, 'completed')).toMatchObject({ result: 'mine', attempts: 1 })
  })

  it('gets what came before it began to wait, but not what came before it was made', async () => {
    await emit('early', 'too early')
    const id = await doing('early', 'waiter', { first: 600 })
    await reaches('early', id, 'sleeping')
    await emit('early', 'early')
    await emit('early', 'late')
    expect(await reaches('early', id, 'completed')).toMatchObject({ result: 'early' })
  })

  it('has each event once', async () => {
    const id = await doing('twice', 'two waits')
    await reaches('twice', id, 'waiting')
    await emit('twice', 'a')
    await emit('twice', 'b')
    expect(await reaches('twice', id, 'completed')).toMatchObject({ result: ['a', 'b'] })
  })

  it('ends with a typed error when its time is over', async () => {
    const id = await doing('timeout', 'waiter', { timeoutMs: 50 })
    expect(await reaches('timeout', id, 'failed')).toMatchObject({ attempts: 1, error: { code: 'wait_timed_out', step: 'paid' } })
  })

  it.each([
    ['event', 'paid'],
    ['time', 'gave up'],
  ])('against a sleep is won by the %s', async (first, result) => {
    const id = await doing(`race-${first}`, 'race', { ms: first === 'event' ? 60_000 : 80 })
    if (first === 'event') await reaches(`race-${first}`, id, 'waiting')
    if (first === 'event') await emit(`race-${first}`, 'x')
    expect(await reaches(`race-${first}`, id, 'completed')).toMatchObject({ result })
    expect(await flows().call(`race-${first}`, 'state/get', result)).toBe(1)
  })

  it('loses nothing when events come while it begins', async () => {
    const runs = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const id = await doing('storm', 'waiter', { until: `o${n}` })
        await emit('storm', `o${n}`)
        return id
      }),
    )
    for (const id of runs) await reaches('storm', id, 'completed')
  })

  it('outlives a kill', async () => {
    const id = await doing('waitkill', 'waiter', { until: 'mine' })
    await reaches('waitkill', id, 'waiting')
    await flows().crash()
    await emit('waitkill', 'mine')
    expect(await reaches('waitkill', id, 'completed')).toMatchObject({ result: 'mine' })
  })
})

describe('a deploy', () => {
  it('leaves a run with the version it began with; without it the run waits, and is not lost', async () => {
    const old = await doing('deploy', 'versioned')
    await reaches('deploy', old, 'sleeping')
    await flows().crash({ VERSIONS: '2' })
    expect(await reaches('deploy', old, 'waiting')).toMatchObject({ version: 1, waitsFor: 'definition:versioned@1' })
    const fresh = await doing('deploy', 'versioned')
    expect(await reaches('deploy', fresh, 'completed')).toMatchObject({ version: 2, result: 'version 2' })
    await flows().crash({ VERSIONS: '1,2' })
    expect(await reaches('deploy', old, 'completed')).toMatchObject({ version: 1, result: 'version 1' })
    expect(await flows().call('deploy', 'state/get', 'begin 1')).toBe(1)
  })

  it.each([
    ['in another order', 'ba'],
    ['without one of them', 'a'],
    ['under another name', 'xb'],
  ])('that does the steps of a run %s is found out', async (_, shape) => {
    await flows().crash({ SHAPE: 'ab' })
    const flow = `shape-${shape}`
    const id = await doing(flow, 'shifty')
    await reaches(flow, id, 'sleeping')
    await flows().crash({ SHAPE: shape })
    expect(await reaches(flow, id, 'failed')).toMatchObject({ error: { code: 'journal_mismatch' } })
    await flows().crash({ SHAPE: 'ab' })
    expect(await flows().call(flow, 'dead/redrive', id)).toBe(1)
    expect(await reaches(flow, id, 'completed')).toMatchObject({ result: 'ab' })
    for (const step of ['a', 'b']) expect(await flows().call(flow, 'state/get', step)).toBe(1)
  })
})

describe('the journal', () => {
  it('takes one statement for each step, however many there were before', async () => {
    expect(await flows().scenario('statements', 'statements of a step')).toEqual({ none: 1, once: 1 })
  })
})
