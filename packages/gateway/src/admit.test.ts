import { openaiTwin } from '@do/fixtures/openai'
import { openaiLlm } from '@do/openai'
import { describe, expect, it } from 'vitest'
import { createGateway } from './gateway.ts'
import { keyHost } from './key-host.ts'
import { said } from './testing/world.ts'

/** A body that notes how much of it was read, with or without its length. */
function upload(bytes: number, key: string, declared: boolean) {
  const piece = new TextEncoder().encode(' '.repeat(10_000))
  let read = 0
  let cancelled = false
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (read >= bytes) return controller.close()
        read += piece.length
        controller.enqueue(piece)
      },
      cancel() {
        cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  const headers = { authorization: `Bearer ${key}`, ...(declared ? { 'content-length': String(bytes) } : {}) }
  const init = { method: 'POST', headers, body, duplex: 'half' }
  return {
    request: (path: string) => new Request(`https://gateway.test${path}`, init as RequestInit),
    seen: () => ({ read, cancelled }),
  }
}

describe('the key', () => {
  const twin = openaiTwin()
  const llm = openaiLlm({ ...twin.credentials, fetch: twin.fetch })
  const gateway = createGateway(keyHost({ llm, keys: { 'sk-acme': { tenant: 'acme' } } }))

  it.each(['/v1/chat/completions', '/v1/messages', '/v1/embeddings', '/v1/audio/transcriptions'])(
    'is looked up before a large body is read: %s',
    async (path) => {
      const told = upload(5_000_000, 'sk-wrong', true)
      expect((await gateway.fetch(told.request(path))).status).toBe(401)
      expect(told.seen()).toMatchObject({ read: 0 })
      const untold = upload(5_000_000, 'sk-wrong', false)
      expect((await gateway.fetch(untold.request(path))).status).toBe(401)
      expect(untold.seen().read).toBeLessThanOrEqual(80_000)
      expect(untold.seen().cancelled).toBe(true)
    },
  )

  it('that is right has its body read, and judged', async () => {
    for (const declared of [true, false]) {
      const right = upload(200_000, 'sk-acme', declared)
      const response = await gateway.fetch(right.request('/v1/chat/completions'))
      expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
        400,
        'invalid_json',
      ])
      expect(right.seen().read).toBe(200_000)
    }
  })

  it('is looked up once for a small one', async () => {
    const asked: string[] = []
    const keys = (sha256: string) => (asked.push(sha256) > 0 ? { tenant: 'acme' } : undefined)
    const small = createGateway(keyHost({ llm, keys }))
    const body = JSON.stringify(said('Hello'))
    const headers = { authorization: 'Bearer sk-any', 'content-length': String(body.length) }
    const request = new Request('https://gateway.test/v1/chat/completions', { method: 'POST', headers, body })
    expect((await small.fetch(request)).status).toBe(200)
    expect(asked).toHaveLength(1)
  })
})
