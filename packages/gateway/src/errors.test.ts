import { ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { problemOf } from './problem.ts'
import { rateLimited } from './refusal.ts'
import { said, world } from './testing/world.ts'

const secret = 'my-secret-prompt-0815'
const faults = [
  { kind: 'refuse' },
  { kind: 'cut', when: 'after' },
  { kind: 'hang', when: 'before' },
  { kind: 'rate-limit', retryAfterSeconds: 3 },
  { kind: 'error', status: 500, when: 'before' },
  { kind: 'error', status: 503, when: 'after' },
  { kind: 'unauthorized' },
  { kind: 'invalid' },
  { kind: 'truncated' },
  { kind: 'foreign-page', when: 'before' },
] as const

type Body = { error: { message: string; type: string; code: string } }

describe('errors', () => {
  it.each(['openai', 'anthropic'] as const)('tell no secret, whatever %s does', async (vendor) => {
    const ways = [
      [false, '/v1/chat/completions'],
      [true, '/v1/messages'],
    ] as const
    for (const [stream, path] of ways) {
      for (const fault of faults) {
        const { post, twin, outcomes, logged } = world({ vendor })
        twin.faults.always(fault)
        const response = await post(path, said(secret, { stream, max_tokens: 50 }))
        const name = `${fault.kind} ${path} ${stream}`
        const text = await response.text()
        expect(response.status, name).toBeGreaterThanOrEqual(400)
        for (const hidden of [secret, 'sk-test', ...(twin.secrets ?? [])]) {
          expect(text, name).not.toContain(hidden)
          expect(JSON.stringify([outcomes, logged]), name).not.toContain(hidden)
        }
        expect(outcomes, name).toHaveLength(1)
        expect(outcomes[0]?.effect, name).toBe('none')
      }
    }
  })

  it('have the status of what happened', async () => {
    const met = async (fault: (typeof faults)[number], stream = false) => {
      const { post, twin } = world()
      twin.faults.always(fault)
      const response = await post('/v1/chat/completions', said('Hi', { stream }))
      return [response.status, ((await response.json()) as Body).error.code]
    }
    expect(await met({ kind: 'hang', when: 'before' })).toEqual([504, 'timeout'])
    expect(await met({ kind: 'hang', when: 'before' }, true)).toEqual([504, 'timeout'])
    expect(await met({ kind: 'refuse' })).toEqual([502, 'provider_failed'])
    expect(await met({ kind: 'error', status: 500, when: 'before' })).toEqual([502, 'provider_failed'])
    expect(await met({ kind: 'unauthorized' })).toEqual([502, 'provider_credential'])
    expect(await met({ kind: 'foreign-page', when: 'before' })).toEqual([502, 'provider_failed'])
  })

  it('of a stream that says nothing have a status: it is sent with the first output', async () => {
    const statuses = { stall: 504, cut: 502, error: 502, malformed: 502 } as const
    for (const kind of ['stall', 'cut', 'error', 'malformed'] as const) {
      const { post, twin, outcomes } = world()
      for (let i = 0; i < 2; i++) {
        twin.say({ text: 'never' })
        twin.breakStream({ kind, pieces: 0 })
      }
      const response = await post('/v1/chat/completions', said('Hi', { stream: true }))
      expect(response.status, kind).toBe(statuses[kind])
      expect(response.headers.get('content-type'), kind).toBe('application/json')
      expect(outcomes, kind).toMatchObject([{ effect: 'none', bytes: 0 }])
    }
  })

  it('in a stream that stalls come as an event, after comments', async () => {
    const { post, twin, outcomes } = world({ keepAliveMs: 10_000 })
    twin.say({ text: 'one two three' })
    twin.breakStream({ kind: 'stall', pieces: 2 })
    const text = await (await post('/v1/chat/completions', said('Hi', { stream: true }))).text()
    expect(text.match(/^: keep-alive$/gm)?.length).toBeGreaterThanOrEqual(2)
    const events = text.split('\n\n').filter((event) => event.startsWith('data: '))
    expect(JSON.parse((events.at(-1) as string).slice(6))).toMatchObject({ error: { code: 'timeout', type: 'server_error' } })
    expect(text).not.toContain('[DONE]')
    expect(outcomes).toMatchObject([{ effect: 'unknown', finish: 'timeout' }])
  })

  it('of the host pass as they are', async () => {
    const { post, twin } = world({ session: { settle: () => {} } })
    expect((await post('/v1/chat/completions', said('Hi'), { authorization: 'Bearer wrong' })).status).toBe(401)
    expect(twin.requests()).toEqual([])
  })

  it('inside are logged, and tell nothing', async () => {
    const { post, logged } = world({
      session: {
        get llm(): never {
          throw new Error(secret)
        },
      },
    })
    const response = await post('/v1/chat/completions', said('Hi'))
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain(secret)
    expect(logged).toMatchObject([{ event: 'internal_error', requestId: response.headers.get('x-request-id') }])
  })

  it('of settling are logged and harm nobody', async () => {
    for (const settle of [() => Promise.reject(new Error('down')), () => fail()]) {
      const { post, logged } = world({ session: { settle } })
      expect((await post('/v1/chat/completions', said('Hi'))).status).toBe(200)
      await expect.poll(() => logged).toMatchObject([{ event: 'settle_failed' }])
    }
  })
})

function fail(): never {
  throw new Error('down')
}

describe('problemOf', () => {
  const error = (code: string, fault: ProviderError['fault'], more: object = {}) =>
    new ProviderError({ effect: 'none', code, fault, message: 'm', ...more })
  const attempt = (code: string, fault: ProviderError['fault']) =>
    ({ provider: 'a', action: 'attempt', at: 0, code, fault }) as const
  const skip = (reason: string) => ({ provider: 'b', action: 'skip', at: 0, reason }) as const
  const nobody = (...trail: object[]) => error('no_provider_left', 'caller', { trail })

  it.each([
    [rateLimited('m', 5), 429, 'rate_limit_exceeded'],
    [new TypeError('x'), 500, 'internal_error'],
    [nobody(attempt('model_not_found', 'caller'), skip('model_elsewhere')), 404, 'model_not_found'],
    [nobody(attempt('overloaded', 'provider'), attempt('overloaded', 'provider')), 503, 'overloaded'],
    [nobody(attempt('rate_limited', 'quota'), attempt('overloaded', 'provider')), 503, 'no_provider_left'],
    [nobody(skip('model_elsewhere'), skip('model_elsewhere')), 404, 'model_not_found'],
    [nobody(skip('unsupported'), skip('model_elsewhere')), 400, 'unsupported'],
    [nobody(skip('breaker open')), 503, 'no_provider_left'],
    [error('stream_interrupted', 'provider', { effect: 'unknown', cause: error('overloaded', 'provider') }), 503, 'overloaded'],
    [error('payment_required', 'quota'), 429, 'rate_limit_exceeded'],
    [error('some_policy', 'policy'), 400, 'some_policy'],
  ])('%#', (given, status, code) => {
    expect(problemOf(given)).toMatchObject({ status, code })
  })
})
