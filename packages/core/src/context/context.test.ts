import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../test/harness.ts'
import { type Neighbours, startNeighbours } from './test/harness.ts'

let there: Neighbours
beforeAll(async () => {
  there = await startNeighbours()
})
afterAll(() => there.close())

const call = (to: string, method: string, ...args: unknown[]) => there.scenario('call', { to, method, args })

describe('calls between objects', () => {
  it('take one round trip over a chain of capabilities', async () => {
    expect(await there.scenario('one round trip', { to: 'ada' })).toEqual({ total: 42, opened: 1, awaited: 1 })
    expect((await call('ada', 'log')).answer.log).toEqual(['orders', 'latest', 'invoice'])
  })

  it('are sent when they are made and run in that order', async () => {
    expect(await there.scenario('calls are sent before they are awaited', { to: 'order' })).toEqual(['two!', 'two', 'one'])
  })

  it('give capabilities that can be held and called on, and nothing of them that is not exposed', async () => {
    const held = await there.scenario('hold a capability', { to: 'held' })
    expect(held).toMatchObject({ total: 41, paid: { paid: 3 }, pipelined: null, all: [{ number: 1 }, { number: 2 }] })
    expect(held.hidden).toMatchObject({ code: 'unknown_method', effect: 'none' })
    expect(held.number).toMatchObject({ code: 'unknown_method', effect: 'none' })
    expect((await call('held', 'log')).answer.log).toEqual(['orders', 'paid 3 of 1', 'orders'])
  })

  it('pass on capabilities of third objects and functions to call back', async () => {
    expect(await there.scenario('by way of another', { to: 'first' })).toEqual([{ number: 1 }, { number: 2 }])
    expect([await call('names', 'call'), await call('names', 'length')]).toEqual([{ answer: 'called' }, { answer: 3 }])
    expect(await there.scenario('call back', { to: 'back' })).toBe('they said hello yourself')
  })

  it('carry request id, trace, principal, scopes and what is left of the deadline', async () => {
    expect(await there.scenario('every hop keeps the deadline', { to: 'ctx' })).toMatchObject({
      requestId: 'outer',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      principal: 'ada',
      scopes: ['admin'],
      same: true,
      shorter: true,
      secret: 'for admins',
    })
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`
    const headers = { 'x-request-id': 'from-http', traceparent, 'x-principal': JSON.stringify({ id: 'eve', scopes: ['clerk'] }) }
    expect(await there.scenario('whoami', { to: 'ctx' }, 'main', headers)).toEqual({
      requestId: 'from-http',
      traceparent,
      principal: 'eve',
      scopes: ['clerk'],
    })
    expect(await there.scenario('secret', { to: 'ctx' }, 'main', headers)).toMatchObject({ code: 'forbidden' })
  })
})

describe('errors of another object', () => {
  it('are typed again, with their fields', async () => {
    expect(await call('err', 'refuses')).toEqual({
      name: 'ProviderError',
      message: 'There is not enough money.',
      code: 'too_poor',
      effect: 'none',
      fault: 'declined',
      field: 'amount',
      retryAfterMs: 1_500,
      own: false,
    })
    expect(await call('err', 'conflicts')).toMatchObject({
      code: 'version_conflict',
      status: 409,
      field: 'version',
      fault: 'caller',
    })
  })

  it('say nothing of what was not meant for callers', async () => {
    const failed = await call('err', 'fails')
    expect(failed).toMatchObject({ code: 'internal_error', effect: 'none' })
    expect(JSON.stringify(failed)).not.toContain('hunter2')
    expect(await call('err', 'leaks')).toMatchObject({ code: 'internal_error' })
    expect(await call('err', 'leaksFunction')).toMatchObject({ code: 'internal_error' })
  })

  it('name what does not exist', async () => {
    for (const method of [
      'wipe',
      'nothing',
      'state',
      '$setContext',
      'fetch',
      'constructor',
      '__proto__',
      'hasOwnProperty',
      'note',
      'seen',
    ]) {
      expect(await call('err', method), method).toMatchObject({ code: 'unknown_method', effect: 'none' })
    }
    expect(await there.scenario('call', { to: 'err', method: 'rename', args: [{ not: 'text' }] })).toMatchObject({
      code: 'invalid_input',
      effect: 'none',
    })
  })
})

describe('an object that dies under a call', () => {
  it('is asked again for what it only reads', async () => {
    expect(await call('mortal', 'diesOnce')).toEqual({ answer: 2 })
    expect(await there.scenario('chain that dies', { to: 'mortal-too' })).toEqual({ answer: 2 })
    expect((await call('mortal-too', 'log')).answer.log).toEqual(['orders', 'orders'])
  })

  it('leaves the effect of a write unknown, and is not asked again', async () => {
    expect(await call('killed', 'dies')).toMatchObject({ code: 'object_unavailable', effect: 'unknown', fault: 'network' })
    expect((await call('killed', 'log')).answer.seen).toEqual(['dies: not_repeatable'])
  })
})

describe('deadlines', () => {
  it('that have passed let nothing begin', async () => {
    expect(await there.scenario('past deadline', { to: 'late' })).toMatchObject({ code: 'deadline_exceeded', effect: 'none' })
    expect(await call('late', 'name')).toEqual({ answer: '!' })
  })

  const time = (to: string, ms: number) => there.request(`/customers/${to}/time/${ms}`, { method: 'POST' })
  const begun = (to: string) =>
    until(
      () => call(to, 'log'),
      ({ answer }) => answer.log.includes('slow'),
    )

  it('end the waiting: of the callee by its own clock', async () => {
    await time('slow', 0)
    const asked = there.scenario('deadline of the callee', { to: 'slow', deadlineMs: 500 })
    await begun('slow')
    await time('slow', 499)
    expect(await Promise.race([asked, call('slow', 'name')])).toEqual({ answer: '!' })
    await time('slow', 1)
    expect(await asked).toMatchObject({ code: 'deadline_exceeded', effect: 'unknown' })
  })

  it('end the waiting: of the caller by its clock', async () => {
    // Time stands still for the callee, so that nobody but the caller can end it.
    await time('slower', 0)
    expect(await there.scenario('with time', { to: 'slower' })).toMatchObject({ code: 'deadline_exceeded', effect: 'unknown' })
  })
})

describe('providers', () => {
  it('are those of the object', async () => {
    const { sms, fax, awaitable, inherited } = await there.scenario('providers')
    expect(sms).toBe('sent hello')
    expect(awaitable).toBe(false)
    expect(fax).toMatchObject({ code: 'no_providers', field: 'fax', effect: 'none' })
    expect(inherited).toMatchObject({ code: 'no_providers' })
    const { status, body } = await there.request('/bare/one/sms')
    expect({ status, code: body.code, field: body.field }).toEqual({ status: 422, code: 'no_providers', field: 'sms' })
  })
})
