import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeskServer, type Sink, startDesks, startSink } from '../test/harness.ts'

let desks: DeskServer
let sink: Sink
beforeAll(async () => {
  sink = await startSink()
  desks = await startDesks({ SINK: sink.url })
})
afterAll(async () => {
  await desks.close()
  await sink.close()
})

const intents = (desk: string, method: string, ...args: unknown[]) => desks.call(desk, 'intents', method, ...args)
const intent = (key: string, more: object = {}) => ({
  key,
  operation: 'sms.send',
  fingerprint: 'f',
  input: { to: '+15550100', body: 'hello' },
  reference: 'r',
  state: 'open',
  attempts: 0,
  createdAt: Date.now(),
  updatedAt: Date.now(),
  version: 1,
  ...more,
})

describe('durable intents', () => {
  it('are begun by one of many and saved by one of many', async () => {
    const race = await desks.scenario('race', 'race for an intent')
    expect(race).toMatchObject({
      created: 1,
      saved: 1,
      references: ['r0'],
      now: { state: 'dispatched', version: 2, reference: 'r', provider: 'p0' },
    })
  })

  it('come back whole', async () => {
    const given = intent('whole', {
      sent: { from: '+15550199' },
      provider: 'twilio',
      since: 1,
      until: 2,
      handle: 'twilio:1',
      output: { id: 'twilio:1' },
    })
    expect(await intents('whole', 'begin', given)).toEqual({ intent: given, created: true })
    expect(await intents('whole', 'get', 'whole')).toEqual(given)
    expect(await intents('whole', 'begin', intent('whole', { fingerprint: 'other' }))).toEqual({ intent: given, created: false })
    expect(await intents('whole', 'owner', 'twilio:1')).toBe('whole')
    expect(await intents('whole', 'owner', 'twilio:2')).toBeNull()
    expect(await intents('whole', 'get', 'nobody')).toBeNull()
  })

  it('refuse a save that is not the next version', async () => {
    await intents('versions', 'begin', intent('v'))
    expect(await intents('versions', 'save', intent('v', { version: 1 }))).toBe(false)
    expect(await intents('versions', 'save', intent('v', { version: 3 }))).toBe(false)
    expect(await intents('versions', 'save', intent('v', { version: 2, state: 'unknown' }))).toBe(true)
    expect(await intents('versions', 'save', intent('unheard', { version: 2 }))).toBe(false)
    expect(await intents('versions', 'get', 'v')).toMatchObject({ version: 2, state: 'unknown' })
  })

  it('list what is unresolved, oldest first', async () => {
    const states = ['done', 'dispatched', 'open', 'unknown']
    for (const [index, state] of states.entries())
      await intents('listed', 'begin', intent(state, { state, createdAt: 1_000 - index }))
    const unresolved = await intents('listed', 'unresolved')
    expect(unresolved.map(({ key }: { key: string }) => key)).toEqual(['unknown', 'dispatched'])
  })

  it('forget what is finished after its time, and never what is unresolved', async () => {
    const old = { updatedAt: Date.now() - 61_000, createdAt: Date.now() - 61_000 }
    for (const state of ['done', 'dispatched', 'open', 'unknown']) await intents('old', 'begin', intent(state, { state, ...old }))
    await intents('old', 'begin', intent('fresh', { state: 'done' }))
    expect(await intents('old', 'begin', intent('done', { fingerprint: 'again' }))).toMatchObject({ created: true })
    expect(await intents('old', 'begin', intent('unknown', { fingerprint: 'again' }))).toMatchObject({ created: false })
    expect(await intents('old', 'forget')).toBe(1)
    for (const [key, there] of [
      ['done', true],
      ['open', false],
      ['dispatched', true],
      ['unknown', true],
      ['fresh', true],
    ] as const) {
      expect((await intents('old', 'get', key)) !== null, key).toBe(there)
    }
    expect(await desks.call('old', 'jobs', 'get', 'core.intents.forget')).toMatchObject({ state: 'waiting' })
  })

  it('survive SIGKILL once dispatched: what left the machine is always written', async () => {
    const call = desks.scenario('killed', 'dispatch and hang').catch(() => 'cut')
    await sink.arrived('/hang')
    await desks.workerd.kill()
    expect(await call).toBe('cut')
    await desks.workerd.start()
    expect(await intents('killed', 'unresolved')).toMatchObject([
      { key: 'hang', state: 'dispatched', version: 2, provider: 'twilio' },
    ])
  })
})

describe('the output gate', () => {
  it('holds a request back until what was written before it is on disk: 20 SIGKILLs at the moment it arrives', async () => {
    for (let round = 0; round < 20; round++) {
      const own = await startSink()
      await desks.workerd.stop()
      await desks.workerd.start({ SINK: own.url })
      const call = desks.scenario(`gate${round}`, 'write and fetch').catch(() => 'cut')
      await own.arrived('/hang')
      await desks.workerd.kill()
      await call
      await own.close()
      await desks.workerd.start()
      expect(await desks.call(`gate${round}`, 'state', 'get', 'written'), `round ${round}`).toBe(true)
    }
  })
})

describe('durable breakers', () => {
  it('keep what was set, over SIGKILL', async () => {
    const open = { failures: 5, openUntil: 1_000, probeUntil: 0 }
    expect(await desks.call('breakers', 'breakers', 'get', 'twilio')).toBeNull()
    await desks.call('breakers', 'breakers', 'set', 'twilio', open)
    await desks.workerd.kill()
    await desks.workerd.start()
    expect(await desks.call('breakers', 'breakers', 'get', 'twilio')).toEqual(open)
  })
})
