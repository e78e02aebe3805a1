export default {
  async fetch(request: Request, env: { UPSTREAM: string }): Promise<Response> {
    if (request.method === 'GET') return new Response('ok')
    const body = await request.text()
    JSON.parse(body)
    const headers = { 'content-type': 'application/json', authorization: request.headers.get('authorization') ?? '' }
    const a = await fetch(env.UPSTREAM + '/v1/chat/completions', { method: 'POST', headers, body })
    const v = new URL(request.url).pathname.slice(1)
    const b = a.body as ReadableStream<Uint8Array>
    const h = { headers: a.headers }
    if (v === 'floor') return new Response(b, h)
    if (v === 'pull') {
      const r = b.getReader()
      return new Response(new ReadableStream({ async pull(c) { const { done, value } = await r.read(); if (done) c.close(); else c.enqueue(value) } }), h)
    }
    if (v === 'bytes') {
      const r = b.getReader()
      return new Response(new ReadableStream({ type: 'bytes', async pull(c) { const { done, value } = await r.read(); if (done) c.close(); else c.enqueue(value) } }), h)
    }
    if (v === 'bytesbig') {
      const r = b.getReader()
      return new Response(new ReadableStream({ type: 'bytes', async pull(c) { const { done, value } = await r.read(); if (done) c.close(); else c.enqueue(value) } }, { highWaterMark: 65536 }), h)
    }
    if (v === 'its') {
      const r = b.getReader()
      const t = new (globalThis as any).IdentityTransformStream()
      const w = t.writable.getWriter()
      ;(async () => { for (;;) { const { done, value } = await r.read(); if (done) { await w.close(); break } await w.write(value) } })()
      return new Response(t.readable, h)
    }
    if (v === 'itsnw') {
      const r = b.getReader()
      const t = new (globalThis as any).IdentityTransformStream()
      const w = t.writable.getWriter()
      ;(async () => { for (;;) { const { done, value } = await r.read(); if (done) { await w.close(); break } w.write(value) } })()
      return new Response(t.readable, h)
    }
    if (v === 'byob') {
      const r = (b as any).getReader({ mode: 'byob' })
      const t = new (globalThis as any).IdentityTransformStream()
      const w = t.writable.getWriter()
      ;(async () => { let buf = new ArrayBuffer(4096); for (;;) { const { done, value } = await r.read(new Uint8Array(buf)); if (done) { await w.close(); break } await w.write(value); buf = value.buffer } })()
      return new Response(t.readable, h)
    }
    if (v === 'enq') {
      const r = b.getReader()
      return new Response(new ReadableStream({ start(c) { (async () => { for (;;) { const { done, value } = await r.read(); if (done) { c.close(); break } c.enqueue(value) } })() } }), h)
    }
    if (v === 'ts') return new Response(b.pipeThrough(new TransformStream({ transform(x, c) { c.enqueue(x) } })), h)
    if (v === 'readall') { const r = b.getReader(); let n = 0; for (;;) { const { done, value } = await r.read(); if (done) break; n += value.length } return new Response('data: [DONE]\n\n' + n, h) }
    if (v === 'tee') {
      const [x, y] = b.tee()
      ;(async () => { const r = (y as any).getReader({ mode: 'byob' }); let buf = new ArrayBuffer(65536); for (;;) { const { done, value } = await r.readAtLeast(65536, new Uint8Array(buf)); if (done) break; buf = value.buffer } })()
      return new Response(x, h)
    }
    if (v === 'pipeits') {
      const t = new (globalThis as any).IdentityTransformStream()
      b.pipeTo(t.writable)
      return new Response(t.readable, h)
    }

    const m = /^poll-(\w+)-(\d+)-(\d+)$/.exec(v)
    if (m) {
      const mode = m[1], wait = Number(m[2]), size = Number(m[3])
      const [x, y] = b.tee()
      let over = false
      const ra = (x as any).getReader({ mode: 'byob' })
      ;(async () => { let buf = new ArrayBuffer(size); for (;;) { const { done, value } = await ra.readAtLeast(size, new Uint8Array(buf)); if (done) break; buf = value.buffer } })()
      const rb = (y as any).getReader({ mode: 'byob' })
      const next = async () => { const r = await rb.read(new Uint8Array(size)); (globalThis as any).reads = ((globalThis as any).reads ?? 0) + 1; return r }
      if (mode === 'pull') {
        let first = true
        return new Response(new ReadableStream({ async pull(c) {
          if (!first && wait > 0) await new Promise((r) => setTimeout(r, wait))
          first = false
          const { done, value } = await next(); if (done) { c.close(); over = true } else c.enqueue(value) } }), h)
      }
      const t = new (globalThis as any).IdentityTransformStream()
      const w = t.writable.getWriter()
      ;(async () => { for (;;) { const { done, value } = await next(); if (done) { await w.close(); break } await w.write(value); if (wait) await new Promise((r) => setTimeout(r, wait)) } })()
      return new Response(t.readable, h)
    }

    const m2 = /^drv-(\w+)-(\d+)-(\d+)$/.exec(v)
    if (m2) {
      const mode = m2[1], wait = Number(m2[2]), size = Number(m2[3])
      const [x, y] = b.tee()
      const it = new (globalThis as any).IdentityTransformStream()
      x.pipeTo(it.writable).catch(() => {})
      const ra = it.readable.getReader({ mode: 'byob' })
      ;(async () => { let buf = new ArrayBuffer(size); for (;;) { const { done, value } = await ra.readAtLeast(size, new Uint8Array(buf)); if (done) break; buf = value.buffer } })()
      const rb = (y as any).getReader({ mode: 'byob' })
      const next = async () => { const r = await rb.read(new Uint8Array(size)); (globalThis as any).reads = ((globalThis as any).reads ?? 0) + 1; return r }
      if (mode === 'pull') {
        let first = true
        return new Response(new ReadableStream({ async pull(c) {
          if (!first && wait > 0) await new Promise((r) => setTimeout(r, wait))
          first = false
          const { done, value } = await next(); if (done) { c.close() } else c.enqueue(value) } }), h)
      }
      const t = new (globalThis as any).IdentityTransformStream()
      const w = t.writable.getWriter()
      ;(async () => { for (;;) { const { done, value } = await next(); if (done) { await w.close(); break } await w.write(value); if (wait) await new Promise((r) => setTimeout(r, wait)) } })()
      return new Response(t.readable, h)
    }
    if (v === 'join') {
      const r = b.getReader()
      let q: Uint8Array[] = [], done = false, wake = () => {}
      ;(async () => { for (;;) { const x = await r.read(); if (x.done) { done = true; wake(); break } q.push(x.value); wake() } })()
      return new Response(new ReadableStream({ async pull(c) {
        if (q.length === 0 && !done) await new Promise<void>((w) => (wake = w))
        if (q.length === 0) return c.close()
        let n = 0; for (const x of q) n += x.length
        const all = new Uint8Array(n); n = 0; for (const x of q) { all.set(x, n); n += x.length }
        q = []
        c.enqueue(all)
      } }), h)
    }

    const m3 = /^joinw-(\d+)$/.exec(v)
    if (m3) {
      const wait = Number(m3[1])
      const r = b.getReader()
      let q: Uint8Array[] = [], done = false, wake = () => {}, last = 0
      ;(async () => { for (;;) { const x = await r.read(); if (x.done) { done = true; wake(); break } q.push(x.value); wake() } })()
      return new Response(new ReadableStream({ async pull(c) {
        if (last > 0) await new Promise((r) => setTimeout(r, wait))
        if (q.length === 0 && !done) await new Promise<void>((w) => (wake = w))
        if (q.length === 0) return c.close()
        last = 1
        let n = 0; for (const x of q) n += x.length
        const all = new Uint8Array(n); n = 0; for (const x of q) { all.set(x, n); n += x.length }
        q = []
        c.enqueue(all)
        if (done) c.close()
      } }), h)
    }
    if (v === 'reads') return new Response(String((globalThis as any).reads))
    return new Response('?')
  },
}
