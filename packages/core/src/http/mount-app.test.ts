import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { answer, type Handler, type RequestContext } from './context.ts'
import { mountApp } from './mount-app.ts'
import { createRouter } from './router.ts'

const app = new Hono<{ Bindings: { word: string } }>()
  .get('/', (c) => c.text('home'))
  .get('/users/:id', (c) => c.json({ id: c.req.param('id'), query: c.req.query('q'), word: c.env.word }))
  .post('/users', async (c) => c.json(await c.req.json(), 201))

const env = { word: 'env' }

describe('a Hono app', () => {
  it('is mounted on a worker', async () => {
    const router = createRouter<{ request: Request; env: unknown; ctx: unknown }>()
    mountApp(router, '/api', app)
    const ask = async (path: string, init?: RequestInit) => {
      const request = new Request(`http://a.example${path}`, init)
      return answer(router.match(request.method, request.url), { request, env, ctx: { waitUntil: () => {} } }, (error) => {
        throw error
      })
    }
    expect(await (await ask('/api')).text()).toBe('home')
    expect(await (await ask('/api/')).text()).toBe('home')
    expect(await (await ask('/api/users/a%2Fb?q=1')).json()).toEqual({ id: 'a/b', query: '1', word: 'env' })
    const body = JSON.stringify({ a: 1 })
    const made = await ask('/api/users', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect([made.status, await made.json()]).toEqual([201, { a: 1 }])
    expect((await ask('/api/none')).status).toBe(404)
    await expect(ask('/apiary')).rejects.toMatchObject({ status: 404 })
  })

  it('is mounted on an object, below its own path', async () => {
    const handlers = new Map<string, Handler>()
    const object = {
      env,
      ctx: { waitUntil: () => {} },
      route: (_: string, pattern: string, handler: Handler) => handlers.set(pattern, handler),
    }
    mountApp(object, '/api', app)
    const request = new Request('http://a.example/api/api/users/7')
    const context = { request, path: '/api/users/7' } as RequestContext
    expect(await ((await (handlers.get('/api/*') as Handler)(context)) as Response).json()).toEqual({ id: '7', word: 'env' })
  })

  it('needs a path', () => {
    for (const path of ['', '/', 'api', '/api/', '/a b', '/:id'])
      expect(() => mountApp(createRouter(), path, app)).toThrow('must be a path')
  })
})
