import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StageServer, startStage } from '../collection/test/harness.ts'
import { variantFor } from './experiments.ts'
import { compareRates, interval } from './statistics.ts'

let stage: StageServer
beforeAll(async () => {
  stage = await startStage(new URL('./test/worker.ts', import.meta.url))
})
afterAll(() => stage.close())

const codes = (answers: readonly { code?: string; result?: unknown }[]) => answers.map(({ code, result }) => code ?? result)

it('Users have one address each, however it is spelled', async () => {
  const answer = await stage.play('users', 'users')
  expect(answer).toMatchObject({
    ada: { email: 'ada@example.com', name: 'Ada', state: 'active' },
    bo: 'bo@xn--mnchen-3ya.de',
    again: { code: 'already_exists', field: 'email' },
    taken: { code: 'already_exists', field: 'email' },
    found: true,
    disabled: 'disabled',
    still: { code: 'already_exists' },
    list: 1,
    more: { code: 'invalid_input', field: 'name' },
  })
  expect(codes(answer.wrong)).toEqual(Array.from({ length: 11 }, () => 'invalid_input'))
})

it('Roles inherit, orgs keep an owner, and what nobody allows is not allowed', async () => {
  const answer = await stage.play('orgs', 'roles and orgs')
  expect(answer).toMatchObject({
    all: ['customers:read', 'orders:*', 'orders:read'],
    bo: [true, true, true, false, false, true, false],
    ada: [true],
    nobody: [false],
    unknown: false,
    unchanged: [2, null, ['owner']],
    orgsOf: 1,
    left: [true, false, 1],
    deleted: [true, 0, null],
  })
  expect(codes(answer.refused)).toEqual([
    'invalid_input',
    'invalid_input',
    'unknown_role',
    'role_cycle',
    'role_cycle',
    'role_in_use',
    'already_exists',
    'invalid_input',
    'unknown_role',
    'not_found',
    'last_owner',
    'last_owner',
  ])
})

describe('experiments', () => {
  it('assign for good, count once, and say what is significant', async () => {
    const { draft, again, twice, unexposed, results, refused, late } = await stage.play('experiments', 'experiments')
    expect({ draft, again, twice, unexposed }).toEqual({ draft: 'control', again: true, twice: false, unexposed: false })
    const [control, green, off] = results
    expect(control.exposed + green.exposed).toBe(1_500)
    // Two thirds, within four standard deviations.
    expect(Math.abs(green.exposed - 1_000)).toBeLessThan(4 * Math.sqrt(1_500 * (1 / 3) * (2 / 3)))
    expect(off).toMatchObject({ exposed: 0, converted: 0, rate: 0, interval: [0, 1], difference: { p: 1, significant: false } })
    expect(green.difference).toMatchObject({ significant: true })
    expect(green.difference.absolute).toBeCloseTo(green.rate - control.rate, 12)
    expect(control).not.toHaveProperty('difference')
    expect(codes(refused)).toEqual([
      'already_running',
      'invalid_state',
      'not_found',
      ...Array.from({ length: 6 }, () => 'invalid_input'),
    ])
    expect(late).toEqual(['control', true, false])
  })

  it('spread names evenly, and independently of each other experiment', () => {
    const variants = Array.from({ length: 4 }, (_, index) => ({ name: `v${index}`, weight: 5 }))
    const counts = new Map<string, number>()
    for (let index = 0; index < 16_000; index++) {
      const pair = `${variantFor('one', `${index}`, variants)} ${variantFor('two', `${index}`, variants)}`
      counts.set(pair, (counts.get(pair) ?? 0) + 1)
    }
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    // 15 degrees of freedom: above 37.7 once in a thousand times.
    expect([counts.size, chi < 37.7]).toEqual([16, true])
  })

  it('compute as the textbooks do', () => {
    // Newcombe 1998, table I: 81 of 263 and 1 of 29.
    expect(interval(81, 263).map((value) => value.toFixed(4))).toEqual(['0.2553', '0.3662'])
    expect(interval(1, 29).map((value) => value.toFixed(4))).toEqual(['0.0061', '0.1718'])
    // z = 1.96 and z = 0.
    expect(compareRates({ exposed: 100, converted: 50 }, { exposed: 100, converted: 50 }).p).toBeCloseTo(1, 6)
    const { p } = compareRates({ exposed: 1_000, converted: 120 }, { exposed: 1_000, converted: 100 })
    expect(p).toBeCloseTo(0.153, 3)
  })
})

it('Integrations go through their states, and keep neither a credential nor a text that may hold one', async () => {
  const answer = await stage.play('integrations', 'integrations')
  expect(answer).toMatchObject({
    states: ['pending', 'connected'],
    early: [{ code: 'invalid_state' }, { code: 'invalid_state' }],
    second: { code: 'already_exists', field: 'provider' },
    failed: { state: 'failing', problem: 'token_expired', credential: 'vault:stripe/org-1', since: '2026-11-21T10:00:01.000Z' },
    leaking: { code: 'invalid_input', field: 'problem' },
    recovered: { state: 'connected' },
    gone: { state: 'disconnected' },
    over: [{ code: 'invalid_state' }, { code: 'invalid_state' }, { code: 'not_found' }],
    anew: 'pending',
    list: ['disconnected', 'pending'],
  })
  expect(answer.recovered).not.toHaveProperty('problem')
  expect(answer.gone).not.toHaveProperty('credential')
  expect(answer.leaking.message).not.toContain('sk_live')
})

it('Agents spend no more than they may, and nothing while paused', async () => {
  const answer = await stage.play('agents', 'agents')
  expect(answer).toMatchObject({
    steps: [60, { code: 'budget_exceeded' }, 100],
    may: [true, false, false],
    paused: [false, { code: 'agent_paused' }],
    twice: { code: 'already_exists', field: 'name' },
    sneaky: { spentMicros: 100, state: 'paused', budgetMicros: 200 },
    named: true,
  })
  expect(codes(answer.wrong)).toEqual(Array.from({ length: 4 }, () => 'invalid_input'))
})

it('Functions and workflows are published in versions that never change, and checked before', async () => {
  const answer = await stage.play('definitions', 'definitions')
  expect(answer).toMatchObject({
    versions: [1, 1, 2],
    before: ['add@1', 'greet@2'],
    retired: [null, { by: 'generative', prompt: 'Greet.' }, ['add'], { code: 'not_found' }],
    back: 3,
    all: [
      [1, false],
      [2, false],
      [3, true],
    ],
    stages: [['pay', 'pack'], ['ship']],
  })
  expect(codes(answer.refused)).toEqual(Array.from({ length: 14 }, () => 'invalid_input'))
})

it('Events are recorded once and in the order of time', async () => {
  expect(await stage.play('events', 'events')).toMatchObject({
    first: { $id: 'k1', type: 'Order.placed', at: '2026-11-21T10:00:00.000Z' },
    same: 1,
    reused: { code: 'idempotency_key_reused' },
    latest: [
      ['Order.paid', '2026-11-21T11:00:01.000Z'],
      ['Order.placed', '2026-11-21T10:00:00.000Z'],
      ['Order.placed', '1970-01-01T00:00:00.000Z'],
    ],
    of: 2,
    wrong: [
      { code: 'invalid_input', field: 'type' },
      { code: 'invalid_input', field: 'at' },
    ],
    forgotten: [1, 2],
  })
})

it('Webhooks wait in the outbox until they are through or dead, signed by secrets that are stored nowhere', async () => {
  const answer = await stage.play('webhooks', 'webhooks')
  expect(answer).toMatchObject({
    rolledBack: { name: 'RangeError' },
    nothing: 0,
    counts: [1, 2],
    tries: [{ state: 'waiting', attempts: 1, status: 500 }, false],
    again: true,
    second: { state: 'waiting', attempts: 2 },
    third: { state: 'dead', attempts: 3, status: 410 },
    closed: [{ code: 'invalid_state' }, { code: 'invalid_state' }],
    state: { state: 'active', failures: 1 },
    off: 'failed',
    unheard: [true],
    through: { state: 'delivered', status: 204, attempts: 1 },
    next: false,
    removed: [true, 0],
    badEvents: [{ code: 'invalid_input' }, { code: 'invalid_input' }],
    leaked: false,
  })
  expect(JSON.parse(answer.body)).toEqual({ type: 'Order.placed', timestamp: '2026-11-21T10:00:00.000Z', data: { total: 3 } })
  expect(codes(answer.wrong)).toEqual(Array.from({ length: 10 }, () => 'invalid_url'))
  // As a receiver does it, with Node's own crypto: the new secret first, then the one before.
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = answer.headers
  const expected = answer.secrets.toReversed().map((secret: string) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${at}.${answer.through.body}`).digest('base64')}`
  })
  expect(signatures.split(' ')).toEqual(expected)
  expect(new Set(answer.secrets).size).toBe(2)
})
