import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../run.ts'

let server: Server
let port: number
beforeAll(async () => {
  server = createServer((request, response) => response.end(request.url?.includes('json') ? '[1]' : '<h1>Another server</h1>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

async function dobj(...args: string[]) {
  const problems: string[] = []
  const output = { line: () => {}, problem: (text: string) => problems.push(text) }
  const code = await run(args, { output, signal: new AbortController().signal })
  return { code, problem: problems.join('\n') }
}

describe('dobj inspect', () => {
  it.each(['html', 'json'])('says so when something else answers there: %s', async (name) => {
    const asked = await dobj('inspect', `Tenant/${name}`, '--token', 'x', '--url', `http://127.0.0.1:${port}`)
    expect(asked).toEqual({ code: 1, problem: expect.stringContaining('no inspection') })
  })

  it.each(['localhost:8787', 'ftp://localhost', 'nothing'])('is told a whole URL: %s', async (url) => {
    const asked = await dobj('inspect', 'Tenant/acme', '--token', 'x', '--url', url)
    expect(asked).toEqual({ code: 2, problem: expect.stringContaining('http://127.0.0.1:8787') })
  })
})
