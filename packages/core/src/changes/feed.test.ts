import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Nodes, startNodes, until } from './test/harness.ts'
import type { Change, ChangePage } from './types.ts'

let nodes: Nodes
beforeAll(async () => {
  nodes = await startNodes()
})
afterAll(() => nodes.close())

const set = (at: string, key: string) => nodes.run(at, 'set', [key, { key }])

interface Heard {
  readonly id: string
  readonly event: string
  readonly data: Change & { code?: string }
}

/** Reads events until there are so many, then goes away. */
async function listen(
  path: string,
  count: number,
  headers: Record<string, string> = {},
  meanwhile = async () => {},
): Promise<Heard[]> {
  const controller = new AbortController()
  const response = await fetch(nodes.workerd.url + path, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: controller.signal,
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const heard: Heard[] = []
  let text = ''
  const working = meanwhile()
  for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(
    new TextDecoderStream() as never,
  ) as AsyncIterable<string>) {
    text += chunk
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const fields = Object.fromEntries(
        part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      if (fields.data !== undefined) heard.push({ id: fields.id ?? '', event: fields.event ?? '', data: JSON.parse(fields.data) })
    }
    if (heard.length >= count) break
  }
  controller.abort()
  await working
  return heard
}

describe('GET /changes', () => {
  it('gives pages as JSON, filtered by the query', async () => {
    await set('/tenant/pages', 'a:1')
    await set('/tenant/pages', 'b:1')
    const page = async (query: string) => {
      const response = await fetch(`${nodes.workerd.url}/tenant/pages/changes?${query}`)
      return { status: response.status, body: (await response.json()) as any }
    }
    const first = await page('source=state&limit=1')
    expect(first.body).toMatchObject({ changes: [{ key: 'a:1' }], more: true })
    expect((await page(`source=state&after=${first.body.cursor}`)).body).toMatchObject({ changes: [{ key: 'b:1' }], more: false })
    expect((await page('keyPrefix=b&changed=key&operation=create')).body.changes).toHaveLength(1)
    expect((await page(`where=${encodeURIComponent('{"key":"a:1"}')}`)).body.changes).toHaveLength(1)
    expect(await page('where=nonsense')).toMatchObject({ status: 422, body: { code: 'invalid_where', field: 'where' } })
    expect(await page('after=1.1.AAAAAAAAAAAAAAAA')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
    // Only where the class says so.
    expect((await fetch(`${nodes.workerd.url}/quiet/a/changes`)).status).toBe(404)
  })

  it('streams events, and goes on after Last-Event-ID', async () => {
    const at = '/tenant/stream'
    await set(at, 'before')
    const live = await listen(`${at}/changes?source=state`, 2, {}, async () => {
      await set(at, 'one')
      await set(at, 'two')
    })
    expect(live.map(({ event, data }) => [event, data.key])).toEqual([
      ['change', 'one'],
      ['change', 'two'],
    ])
    await set(at, 'three')
    const resumed = await listen(`${at}/changes?source=state`, 2, { 'last-event-id': live[0]?.id as string })
    expect(resumed.map(({ data }) => data.key)).toEqual(['two', 'three'])
    const all = await listen(`${at}/changes?source=state&after=start`, 4)
    expect(all.map(({ data }) => data.key)).toEqual(['before', 'one', 'two', 'three'])
  })

  it('says 410 to who comes back too late', async () => {
    await set('/short/stream', 'first')
    const [{ id } = { id: '' }] = await listen('/short/stream/changes?after=start', 1)
    await nodes.run('/short/stream', 'many', 1_500)
    const response = await fetch(`${nodes.workerd.url}/short/stream/changes`, {
      headers: { accept: 'text/event-stream', 'last-event-id': id },
    })
    expect(response.status).toBe(410)
    expect(await response.json()).toMatchObject({ code: 'cursor_expired' })
  })
})

describe('a WebSocket at /changes', () => {
  const open = async (path: string) => {
    const socket = new WebSocket(nodes.workerd.url.replace('http', 'ws') + path)
    const messages: (ChangePage & { error?: { code: string } })[] = []
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(data)))
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    const arrived = (count: number) =>
      until(
        async () => messages.length,
        (length) => length >= count,
      )
    return { socket, messages, closed, arrived }
  }

  it('sends a page, and the next when that is acknowledged', async () => {
    const at = '/tenant/socket'
    await nodes.run(at, 'many', 250)
    const { socket, messages, arrived } = await open(`${at}/changes?source=state&after=start`)
    await arrived(1)
    await set(at, 'later')
    expect(messages).toHaveLength(1)
    const keys: string[] = []
    for (let page = 0; page < 3; page += 1) {
      await arrived(page + 1)
      expect(messages).toHaveLength(page + 1)
      keys.push(...(messages[page]?.changes ?? []).map(({ key }) => key))
      socket.send(JSON.stringify({ acknowledge: messages[page]?.cursor }))
    }
    expect(keys).toHaveLength(251)
    expect(keys.at(-1)).toBe('later')
    // Nothing more until something happens.
    await set(at, 'and then')
    await arrived(4)
    expect(messages[3]?.changes.map(({ key }) => key)).toEqual(['and then'])
    socket.close()
  })

  it('ends a socket that says something else', async () => {
    const at = '/tenant/rude'
    for (const words of ['{}', 'no json', JSON.stringify({ acknowledge: 'start' }), 'x'.repeat(100_000)]) {
      const { socket, messages, closed } = await open(`${at}/changes`)
      socket.send(words)
      expect(await closed).toMatchObject({ code: 1008 })
      expect(messages).toMatchObject([{ error: { code: 'invalid_message' } }])
    }
    const answer = await fetch(`${nodes.workerd.url}${at}/changes?operation=all`)
    expect(answer.status).toBe(422)
    await set(at, 'healthy')
  })

  it('serves many readers, each from its own place', async () => {
    const at = '/tenant/many-readers'
    await set(at, 'one')
    const { changes } = (await nodes.run(at, 'read', { filter: { source: 'state' } })) as ChangePage
    const readers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        open(`${at}/changes?source=state&after=${index % 2 ? 'start' : changes[0]?.cursor}`),
      ),
    )
    await set(at, 'two')
    for (const [index, { socket, messages, arrived }] of readers.entries()) {
      await arrived(1)
      if (index % 2) {
        socket.send(JSON.stringify({ acknowledge: messages[0]?.cursor }))
        await until(
          async () => messages.flatMap((page) => page.changes).map(({ key }) => key),
          (keys) => keys.join() === 'one,two',
        )
      } else expect(messages[0]?.changes.map(({ key }) => key)).toEqual(['two'])
      socket.close()
    }
  })
})

describe('who may read', () => {
  it('is asked of the object itself, for pages, events and sockets alike', async () => {
    await set('/guarded/a', 'k')
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(`${nodes.workerd.url}/guarded/a/changes`, { headers })
      const body = (await response.json()) as { code?: string; changes?: readonly Change[] }
      return [response.status, body.code ?? body.changes?.map(({ key }) => key)]
    }
    for (const more of [{}, { accept: 'text/event-stream' }] as Record<string, string>[]) {
      expect(await ask({ ...more, 'x-principal': 'somebody' })).toEqual([403, 'forbidden'])
    }
    const socket = new WebSocket(`${nodes.workerd.url.replace('http', 'ws')}/guarded/a/changes`)
    const opened = await new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(true))
      socket.addEventListener('error', () => resolve(false))
    })
    expect(opened).toBe(false)
    expect(await ask({ 'x-principal': 'auditor' })).toEqual([200, ['$id', 'k']])
  })
})
