import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** A tenant's books of language models on real workerd, told by hand what its gateway would tell. */
const folder = mkdtempSync(join(tmpdir(), 'tenant-models-'))
const operator = 'operator-of-this-test'
let workerd: Workerd
let token: string

beforeAll(async () => {
  workerd = await launchWorkerd({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    objects: ['Tenant'],
    dataFolder: folder,
    env: { OPERATOR_TOKEN: operator, VAULT_KEYS: `v1:${Buffer.alloc(32, 7).toString('base64')}` },
    outbound: ['local'],
  })
  token = ((await (await ask('PUT', '/t/acme', operator, {})).json()) as { token: string }).token
})

afterAll(async () => {
  await workerd?.kill()
  rmSync(folder, { recursive: true, force: true })
})

function ask(method: string, path: string, key: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(workerd.url + path, { method, headers, ...(body === undefined ? {} : { body: text }) })
}

const answer = (id: string, microUsd = 7) => ({
  id,
  ask: { operation: 'generate', model: 'fast', streamed: false },
  route: 'alias fast',
  outcome: { effect: 'done', finish: 'stop', provider: 'openai', model: 'gpt-5-mini', trail: [], bytes: 3 },
  microUsd,
  ms: 12,
})

const settle = async (...ids: string[]) =>
  (await ask('POST', '/knock/acme/llm.settle', operator, { answers: ids.map((id) => answer(id)), leases: [] })).status

interface Shown {
  readonly id: string
  readonly status: string
}
const answers = async () =>
  ((await (await ask('GET', '/t/acme/answers?limit=100', token)).json()) as { readonly items: readonly Shown[] }).items

describe('an answer of the gateway', () => {
  it('has the request id of the worker in both headers, as its log does', async () => {
    const headers = { authorization: 'Bearer nobody', 'content-type': 'application/json', 'x-request-id': 'asked-1' }
    const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }] })
    const refused = await fetch(`${workerd.url}/v1/chat/completions`, { method: 'POST', headers, body })
    expect(refused.status).toBe(401)
    expect([refused.headers.get('x-request-id'), refused.headers.get('request-id')]).toEqual(['asked-1', 'asked-1'])
    const log = readFileSync(workerd.logFile, 'utf8').split('\n')
    expect(log.filter((line) => line.includes('"asked-1"'))).toEqual([expect.stringContaining('"route":"/v1/*"')])
  })
})

describe('what a gateway tells a tenant', () => {
  it('is written once, however often and in whatever company it is told', async () => {
    expect(await settle('a', 'b')).toBe(204)
    expect(await settle('a', 'b')).toBe(204)
    expect(await settle('b', 'c', 'd', 'c')).toBe(204)
    const written = await answers()
    expect(written.map(({ id }) => id).toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(written[0]).toMatchObject({
      status: 'done',
      finish: 'stop',
      provider: 'openai',
      microUsd: 7,
      route: 'alias fast',
      ms: 12,
    })
  })

  it('is not written for a tenant that there is not', async () => {
    const told = await ask('POST', '/knock/nobody/llm.settle', operator, { answers: [answer('a')], leases: [] })
    expect(told.status).toBe(204)
    const made = (await (await ask('PUT', '/t/nobody', operator, {})).json()) as { token: string }
    expect(await (await ask('GET', '/t/nobody/answers', made.token)).json()).toMatchObject({ items: [] })
  })
})

describe('a body of a megabyte', () => {
  const large = `{"model": "fast", "messages": [], "padding": "${'x'.repeat(1_000_000)}"}`
  const code = async (key: string) => {
    const response = await ask('POST', '/v1/chat/completions', key, large)
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code]
  }

  it('is not looked at before its key was', async () => {
    expect(await code('wrong')).toEqual([401, 'invalid_api_key'])
    expect(await code(`${token.slice(0, -4)}AAAA`)).toEqual([401, 'invalid_api_key'])
    expect(await code(token)).toEqual([400, 'missing_required_parameter'])
  })

  it('sets nothing aside when it is refused', async () => {
    expect(await (await ask('GET', '/t/acme/spending', token)).json()).toMatchObject({ held: 0, day: 0, month: 0 })
  })
})

describe('a lease', () => {
  it('holds as much of the budget as the isolate will need', async () => {
    const tenant = ((await (await ask('PUT', '/t/lender', operator, {})).json()) as { token: string }).token
    await ask('PUT', '/t/lender/credentials/openai', tenant, { apiKey: 'sk-test' })
    const month = 10_000_000
    const config = { llm: { order: ['openai'] }, models: { budget: { month } } }
    expect((await ask('PUT', '/t/lender/config', tenant, config)).ok).toBe(true)
    const held = async () => ((await (await ask('GET', '/t/lender/spending', tenant)).json()) as { held: number }).held
    const grown: number[] = []
    // One of the version before this one does not know its pace.
    for (const want of [{ need: 0 }, { need: 250, pace: 0 }, { need: 250, pace: 300_000 }, { need: 0, pace: month }]) {
      const before = await held()
      expect((await ask('POST', '/knock/lender/llm.lease', operator, { key: tenant, ...want })).status).toBe(204)
      grown.push((await held()) - before)
    }
    expect(grown).toEqual([100_000, 100_000, 300_000, (month - 500_000) / 4])
  })
})
