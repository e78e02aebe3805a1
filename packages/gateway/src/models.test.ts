import { openaiTwin } from '@do/fixtures/openai'
import type { Llm } from '@do/llm'
import { openaiLlm } from '@do/openai'
import { testClock } from '@do/provider'
import { expect, it } from 'vitest'
import { world } from './testing/world.ts'

function counted(provider: Llm): { readonly llm: Llm; readonly count: () => number } {
  let count = 0
  const models: Llm['models'] = {
    ...provider.models,
    list: (input, options) => {
      count += 1
      return provider.models.list(input, options)
    },
  }
  return { llm: { ...provider, models }, count: () => count }
}

function opened() {
  const clock = testClock()
  const twin = openaiTwin({ clock })
  const { llm, count } = counted(openaiLlm({ ...twin.credentials, fetch: twin.fetch, clock }))
  const { gateway } = world({ clock, llm })
  const get = async (path: string) => {
    const response = await gateway.fetch(
      new Request(`https://gateway.test${path}`, { headers: { authorization: 'Bearer sk-test' } }),
    )
    return { status: response.status, body: (await response.json()) as { readonly data?: readonly unknown[] } }
  }
  return { clock, twin, count, get }
}

it('asks the vendors for their models once a minute, for the list and for each of them', async () => {
  const { clock, twin, count, get } = opened()
  const first = await get('/v1/models')
  expect(first.body.data?.length).toBeGreaterThan(1)
  expect(await get('/v1/models')).toEqual(first)
  expect((await get(`/v1/models/${twin.models.chat}`)).status).toBe(200)
  expect(count()).toBe(1)
  clock.advance(59_999)
  await get('/v1/models')
  expect(count()).toBe(1)
  clock.advance(1)
  await get('/v1/models')
  expect(count()).toBe(2)
})

it('keeps no list that did not come whole', async () => {
  const { twin, count, get } = opened()
  twin.faults.always({ kind: 'error', status: 503, when: 'before' })
  expect((await get('/v1/models')).status).toBe(503)
  twin.faults.clear()
  expect((await get('/v1/models')).status).toBe(200)
  expect(count()).toBe(2)
})
