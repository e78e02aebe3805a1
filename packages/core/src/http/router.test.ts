import { expect, it } from 'vitest'
import { createRouter } from './router.ts'

const at = 'http://a.example'
const answers = (answer: string) => () => ({ answer })
const told = (router: ReturnType<typeof createRouter<void>>, method: string, url: string) => {
  const { handler, params, allow, route } = router.match(method, url)
  return { answer: (handler?.() as { answer: string } | undefined)?.answer, params, allow, route }
}

it('prefers fixed segments to parameters and these to the rest, whatever was said first', () => {
  const router = createRouter<void>()
  router.on('*', '/a/*', answers('rest'))
  router.on('GET', '/a/:id', answers('parameter'))
  router.on('get', '/a/b', answers('fixed'))
  for (const _ of ['at first', 'again']) {
    expect(told(router, 'GET', `${at}/a/b`)).toEqual({ answer: 'fixed', params: {}, route: '/a/b' })
    expect(told(router, 'HEAD', `${at}/a/b?c=/d#e`)).toMatchObject({ answer: 'fixed' })
    expect(told(router, 'GET', `${at}/a/%C3%BC?c`)).toEqual({ answer: 'parameter', params: { id: 'ü' }, route: '/a/:id' })
    expect(told(router, 'PUT', `${at}/a/b`)).toEqual({ answer: 'rest', params: { '*': 'b' }, route: '/a/*' })
    expect(told(router, 'GET', `${at}/a/b/c%20d`)).toEqual({ answer: 'rest', params: { '*': 'b/c%20d' }, route: '/a/*' })
    expect(told(router, 'GET', `${at}/a/`)).toMatchObject({ answer: 'rest', params: { '*': '' } })
    expect(told(router, 'GET', `${at}/a`)).toEqual({})
    expect(told(router, 'GET', `${at}/b`)).toEqual({})
  }
})

it('says what a path takes, and gives no parameter that is empty or broken', () => {
  const router = createRouter<void>()
  router.on('GET', '/:kind/:id', answers('read'))
  router.on('PUT', '/:kind/:id', answers('write'))
  router.on('DELETE', '/x/:id', answers('delete'))
  expect(told(router, 'POST', `${at}/x/1`)).toEqual({ allow: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PUT'], route: '/x/:id' })
  expect(told(router, 'POST', `${at}/y/1`)).toEqual({ allow: ['GET', 'HEAD', 'OPTIONS', 'PUT'], route: '/:kind/:id' })
  expect(told(router, 'GET', `${at}/y/`)).toEqual({})
  expect(told(router, 'GET', `${at}/y/%zz`)).toEqual({})
  expect(() => router.on('GET', 'y', answers('no'))).toThrow('must begin with "/"')
})

it('remembers by method, host and path, and forgets when a route comes', () => {
  const asked: string[] = []
  const router = createRouter<void>((path) => {
    asked.push(path)
    return path
  })
  router.on('GET', '/:id', answers('parameter'))
  for (const query of ['', '?a=1', '?a=2']) expect(told(router, 'GET', `https://a.example/b${query}`).answer).toBe('parameter')
  expect(asked).toEqual(['/b'])
  expect(told(router, 'POST', 'https://a.example/b').allow).toEqual(['GET', 'HEAD', 'OPTIONS'])
  expect(told(router, 'GET', 'https://b.example:8080/b').answer).toBe('parameter')
  expect(asked).toEqual(['/b', '/b', '/b'])
  router.on('GET', '/b', answers('fixed'))
  expect(told(router, 'GET', 'https://a.example/b').answer).toBe('fixed')
})

it('remembers so many and no more, and nothing that is long', () => {
  let asked = 0
  const router = createRouter<void>((path) => {
    asked++
    return path
  })
  router.on('GET', '/:id', answers('parameter'))
  for (const _ of ['at first', 'again']) {
    for (let id = 0; id < 2_000; id++) expect(told(router, 'GET', `${at}/${id}`).params).toEqual({ id: `${id}` })
  }
  expect(asked).toBe(4_000)
  for (const _ of ['at first', 'again']) expect(told(router, 'GET', `${at}/${'x'.repeat(400)}`).answer).toBe('parameter')
  expect(asked).toBe(4_002)
})

it('gives parameters that no handler can change for the next request', () => {
  const router = createRouter<void>()
  router.on('GET', '/:id', answers('parameter'))
  const { params } = router.match('GET', `${at}/1`)
  expect(() => Object.assign(params ?? {}, { id: '2' })).toThrow(TypeError)
  expect(router.match('GET', `${at}/1`).params).toEqual({ id: '1' })
})
