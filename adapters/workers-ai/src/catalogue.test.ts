import { expect, it } from 'vitest'
import { all, failure, serving, setUp } from './test/set-up.ts'

it('lists all models, over as many pages as there are', async () => {
  const { twin, rest } = setUp({}, { pageSize: 4 })
  const models = await all(await rest.models.list())
  expect(twin.requests().map(({ url }) => new URL(url).searchParams.get('page'))).toEqual(['1', '2', '3', '4'])
  expect(models).toHaveLength(15)
  expect(new Set(models.map(({ id }) => id)).size).toBe(15)
  expect(models.find(({ model }) => model === '@cf/moonshotai/kimi-k2.6')).toEqual({
    id: 'workers-ai:@cf/moonshotai/kimi-k2.6',
    provider: 'workers-ai',
    model: '@cf/moonshotai/kimi-k2.6',
    kind: 'chat',
    context: 262_144,
    capabilities: ['tools', 'vision', 'thinking'],
    prices: { input: 950_000, cacheRead: 160_000, output: 4_000_000 },
    createdAt: '2026-01-01T00:00:00.000Z',
  })
  expect(new Set(models.map(({ kind }) => kind))).toEqual(new Set(['chat', 'embedding', 'image', 'speech', 'transcription']))
})

it('takes strange entries as they are', async () => {
  const result = [
    { name: '@cf/x/y', task: null, properties: null, created_at: 'never' },
    { name: '@cf/x/z', properties: [{ property_id: 'price', value: 'free' }] },
  ]
  const { provider } = serving(() => Response.json({ result, success: true }))
  expect(await all(await provider.models.list())).toMatchObject([
    { model: '@cf/x/y', kind: 'other', capabilities: [] },
    { model: '@cf/x/z', kind: 'other' },
  ])
})

it('is not a list where there is none', async () => {
  const { provider } = serving(() => Response.json({ success: true }))
  expect(await failure(provider.models.list().page())).toMatchObject({ code: 'unreadable_answer' })
})
