import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Minds, mindsConfig, openMinds } from '../../examples/phone-desk/minds.ts'
import { type Client, client, type List } from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import { type AcmeDesk, openAcme } from './open.ts'

/** Language models of a tenant on real workerd, asked by OpenAI's own client: what is spent, what is given back, what is refused. */
let acme: AcmeDesk
let minds: Minds
let tenant: Client

interface Answer {
  readonly status: string
  readonly finish: string
  readonly microUsd: number
  readonly provider?: string
}

interface Spending {
  readonly day: number
  readonly month: number
  readonly held: number
}

beforeAll(async () => {
  minds = await openMinds(11)
  acme = await openAcme({}, 3, () => 'sms', [minds.openai.server.url, minds.anthropic.server.url])
  tenant = acme.tenant
  for (const [name, { twin }] of Object.entries(minds)) await tenant.ok('PUT', `/credentials/${name}`, twin.credentials)
  await configure({})
}, 60_000)

afterAll(async () => {
  await acme?.close()
  for (const { server } of Object.values(minds ?? {})) await server.close()
}, 30_000)

/** Leases last a second: then every isolate has seen it. */
async function configure({ budget, perMinute, cacheSeconds }: { budget?: object; perMinute?: number; cacheSeconds?: number }) {
  const { llm, models } = mindsConfig(minds)
  await tenant.ok('PUT', '/config', {
    llm: { ...llm, ...(perMinute === undefined ? {} : { perMinute }) },
    models: {
      aliases: models.aliases,
      ...(budget === undefined ? {} : { budget }),
      ...(cacheSeconds === undefined ? {} : { cacheSeconds }),
    },
  })
  await new Promise((resolve) => setTimeout(resolve, 1_100))
}

const openai = (apiKey = acme.token) => new OpenAI({ apiKey, baseURL: `${acme.desk.url}/v1`, maxRetries: 0 })
const ask = (content: string, more: object = {}) =>
  openai().chat.completions.create({ model: 'fast', messages: [{ role: 'user', content }], max_tokens: 50, ...more })
const spending = () => tenant.ok<Spending>('GET', '/spending')
const answers = async () => (await tenant.ok<List<Answer>>('GET', '/answers?limit=200')).items
const idle = () => until('nothing is held', spending, ({ held }) => held === 0)
const asked = () => minds.openai.twin.asked().length

describe('an answer', () => {
  it('comes, is counted once, and frees what was set aside', async () => {
    const before = await spending()
    minds.openai.twin.say({ text: 'Hello there.' })
    const { choices, usage } = await ask('Say hello.')
    expect([choices[0]?.message.content, choices[0]?.finish_reason]).toEqual(['Hello there.', 'stop'])
    const [record] = await until('it is in the books', answers, ({ length }) => length === 1)
    expect(record).toMatchObject({ status: 'done', finish: 'stop', provider: 'openai' })
    const after = await idle()
    expect([after.day - before.day, after.month - before.month]).toEqual([record?.microUsd, record?.microUsd])
    expect(record?.microUsd).toBeGreaterThan(0)
    expect(usage?.total_tokens).toBeGreaterThan(0)
  })

  it('whose client leaves stops the vendor, costs what had come, and frees the rest', async () => {
    const known = (await answers()).length
    minds.openai.twin.say({ text: 'word '.repeat(200) })
    minds.openai.twin.wire({ paceMs: 20 })
    const stream = openai().chat.completions.stream({
      model: 'fast',
      messages: [{ role: 'user', content: 'Go on.' }],
      max_tokens: 500,
    })
    let pieces = 0
    for await (const _ of stream) if (++pieces === 5) break
    const [record] = await until('it is in the books', answers, ({ length }) => length === known + 1)
    minds.openai.twin.wire({})
    expect(record?.status).toBe('broken')
    expect(minds.openai.twin.generated().at(-1)).toMatchObject({ left: true, whole: false })
    expect(minds.openai.twin.generated().at(-1)?.pieces).toBeLessThan(30)
    expect(record?.microUsd).toBeGreaterThan(0)
    await idle()
  })

  it('that nobody could give costs nothing', async () => {
    const before = await idle()
    minds.openai.twin.faults.always({ kind: 'error', status: 503, when: 'before' })
    minds.anthropic.twin.faults.always({ kind: 'error', status: 503, when: 'before' })
    await expect(ask('Hello?')).rejects.toBeInstanceOf(OpenAI.InternalServerError)
    minds.openai.twin.faults.clear()
    minds.anthropic.twin.faults.clear()
    expect(await idle()).toEqual(before)
  })
})

describe('a budget', () => {
  it('is never overspent, however many ask at once, and says so as OpenAI does', async () => {
    const { month } = await idle()
    await configure({ budget: { month: month + 20_000 } })
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => ask(`Question ${index} ${'x'.repeat(400)}`)),
    )
    const refused = results
      .filter(({ status }) => status === 'rejected')
      .map((result) => (result as PromiseRejectedResult).reason)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(40)
    for (const error of refused) {
      expect(error).toBeInstanceOf(OpenAI.RateLimitError)
      expect([error.code, error.headers.get('x-should-retry')]).toEqual(['insufficient_quota', 'false'])
    }
    const after = await idle()
    expect(after.month).toBeLessThanOrEqual(month + 20_000)
    expect(after.month).toBeGreaterThan(month)
    await configure({})
  }, 30_000)

  it('holds what a killed process had set aside, for a quarter of an hour and no longer', async () => {
    const { month } = await idle()
    await configure({ budget: { month: month + 1_000_000 } })
    minds.openai.twin.say({ text: 'word '.repeat(500) })
    minds.openai.twin.wire({ paceMs: 20 })
    const stream = await openai().chat.completions.create({
      model: 'fast',
      stream: true,
      messages: [{ role: 'user', content: 'Go on.' }],
      max_tokens: 1_000,
    })
    await stream[Symbol.asyncIterator]().next()
    await acme.desk.workerd.kill()
    minds.openai.twin.wire({})
    const folder = join(acme.dataFolder, 'Tenant')
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.sqlite') && !name.startsWith('metadata'))
    const db = new DatabaseSync(join(folder, file as string))
    const holds = db.prepare('SELECT micro_usd AS amount, expires_at - at AS ms FROM llm_holds').all() as {
      amount: number
      ms: number
    }[]
    expect(holds.map(({ ms }) => ms)).toEqual(holds.map(() => 900_000))
    expect(holds.reduce((sum, { amount }) => sum + amount, 0)).toBeGreaterThan(0)
    // The clock of the process cannot be moved: the hold is made a quarter of an hour older.
    db.exec('UPDATE llm_holds SET at = at - 900000, expires_at = expires_at - 900000')
    db.close()
    await acme.desk.workerd.start()
    expect(await spending()).toMatchObject({ held: 0, month })
    expect((await ask('Are you there?')).choices).toHaveLength(1)
    await configure({})
  }, 30_000)
})

describe('what a tenant changes', () => {
  it('holds for the next requests: a limit for each minute', async () => {
    await configure({ perMinute: 3 })
    // Should the minute end meanwhile, there are three more.
    const results = await Promise.allSettled(Array.from({ length: 7 }, () => ask('Hello')))
    const refused = results
      .filter(({ status }) => status === 'rejected')
      .map((result) => (result as PromiseRejectedResult).reason)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 'rate_limit_exceeded'))
    expect(Number(refused[0].headers.get('retry-after'))).toBeGreaterThan(0)
    await configure({})
  }, 30_000)

  it('holds for what is asked, one after the other, not for what was set aside and given back', async () => {
    await configure({ perMinute: 30 })
    // Twelve times a share of three would be more than there is.
    for (let count = 0; count < 12; count++) {
      expect((await ask('Hello')).choices).toHaveLength(1)
      await new Promise((resolve) => setTimeout(resolve, 70))
    }
    await configure({})
  }, 30_000)

  it('that no request can begin with leaves nothing set aside', async () => {
    const { held } = await idle()
    await tenant.ok('DELETE', '/credentials/openai')
    await tenant.ok('DELETE', '/credentials/anthropic')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await expect(ask('Hello')).rejects.toBeInstanceOf(OpenAI.APIError)
    expect(await idle()).toMatchObject({ held })
    for (const [name, { twin }] of Object.entries(minds)) await tenant.ok('PUT', `/credentials/${name}`, twin.credentials)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect((await ask('Hello')).choices).toHaveLength(1)
  }, 30_000)

  it('is given again out of the cache, to the same request of temperature 0 only', async () => {
    await configure({ cacheSeconds: 60 })
    const before = asked()
    minds.openai.twin.say({ text: 'Once.' })
    const first = await ask('Cache me', { temperature: 0 })
    const [second, other] = [await ask('Cache me', { temperature: 0 }), await ask('Cache me too', { temperature: 0 })]
    expect([first, second].map(({ choices }) => choices[0]?.message.content)).toEqual(['Once.', 'Once.'])
    expect(other.choices[0]?.message.content).not.toBe('Once.')
    expect(asked() - before).toBe(2)
    await configure({})
  }, 30_000)

  it('closes the door behind a replaced token within a second, and at once to a wrong one', async () => {
    const wrong = openai(`do_acme_${'0'.repeat(64)}`).models.list()
    await expect(wrong).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    await expect(openai('sk-nonsense').models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    const old = openai()
    const { token } = await acme.operator.ok<{ token: string }>('POST', '/t/acme/token')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await expect(old.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    const { data } = await openai(token).models.list()
    expect(data.map(({ id }) => id)).toContain(`openai:${minds.openai.twin.models.chat}`)
    tenant = client(() => `${acme.desk.url}/t/acme`, token)
    expect((await answers()).length).toBeGreaterThan(5)
  }, 30_000)
})
