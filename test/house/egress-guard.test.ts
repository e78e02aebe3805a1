import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { takeBlocked } from './egress.ts'
import { foreignTarget, isLoopback } from './loopback.ts'

describe('the egress guard', () => {
  it('blocks fetch to another machine and remembers it', async () => {
    const error = await fetch('http://192.0.2.1/').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(takeBlocked()).toEqual(['192.0.2.1:80'])
  })

  it('blocks a raw socket, by name, before any look-up', async () => {
    const socket = connect({ host: 'api.vendor.example', port: 443 })
    const [error] = await once(socket, 'error')
    expect(error).toMatchObject({ code: 'EGRESS_BLOCKED' })
    expect(takeBlocked()).toEqual(['api.vendor.example:443'])
  })

  it('lets loopback through', async () => {
    const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
    server.close()
    expect(takeBlocked()).toEqual([])
  })

  it('reads every way of asking', () => {
    expect(foreignTarget([{ host: '10.0.0.1', port: 1 }])).toBe('10.0.0.1:1')
    expect(foreignTarget([[{ host: 'a.example', port: 2 }, null]])).toBe('a.example:2')
    expect(foreignTarget([3, 'b.example'])).toBe('b.example:3')
    expect(foreignTarget([4])).toBeUndefined()
    expect(foreignTarget(['/run/socket'])).toBeUndefined()
    expect(foreignTarget([{ path: '/run/socket' }])).toBeUndefined()
  })

  it.each(['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true)
    },
  )

  it.each(['127.0.0.1.evil.example', 'localhost.evil.example', '1270.0.0.1', '0.0.0.0', '10.0.0.1'])('%s is not', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})
