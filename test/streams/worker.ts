import { chunkReader } from '@do/llm'
import { systemClock } from '@do/provider'

type Bytes = Uint8Array<ArrayBuffer>

/** Reads the body at `url` in the way of the path and tells the lengths of its chunks, or that it broke off. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/') return new Response('ok')
    if (pathname === '/again') return again(searchParams.get('url') as string)
    const { body } = await fetch(searchParams.get('url') as string)
    const reader = chunkReader(body as ReadableStream<Bytes>, systemClock, true)
    const lengths: number[] = []
    const all: Bytes[] = []
    let total = 0
    let broke = false
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        all.push(next.value as Bytes)
        lengths.push(next.value?.length ?? 0)
        total += next.value?.length ?? 0
        reader.gather()
        if (pathname === '/slowly' && lengths.length === 3) await systemClock.sleep(600)
        if (pathname === '/leave' && total === 40) {
          reader.cancel()
          await systemClock.sleep(50)
          break
        }
        if (pathname === '/leave-waiting' && total === 40) {
          const waiting = reader.read().catch(() => {})
          await systemClock.sleep(30)
          reader.cancel()
          await waiting
          break
        }
      }
    } catch {
      broke = true
    }
    const text = await new Blob(all).text()
    return Response.json({ lengths, broke, text: text.length > 20_000 ? text.length : text })
  },
}

/** Leaves three bodies, one after the other, as soon as their first chunk is there. */
async function again(url: string): Promise<Response> {
  const lengths: number[] = []
  for (let count = 0; count < 3; count++) {
    const { body } = await fetch(url)
    const reader = chunkReader(body as ReadableStream<Bytes>, systemClock, true)
    lengths.push((await reader.read()).value?.length ?? 0)
    await reader.leave()
    await systemClock.sleep(50)
  }
  return Response.json({ lengths, broke: false, text: '' })
}
