import { expect, it } from 'vitest'
import { bodyOf } from './body.ts'

/** A response of these chunks that stays open; what became of it. */
function open(...texts: readonly string[]) {
  const left = [...texts]
  const seen = { cancelled: false, pulled: 0 }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.pulled++
        const text = left.shift()
        if (text === 'end') controller.close()
        else if (text !== undefined) controller.enqueue(new TextEncoder().encode(text))
      },
      cancel() {
        seen.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { response: new Response(body), seen }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))

it('gives the chunks, but empty ones, and ends', async () => {
  const { response, seen } = open('a', '', 'b', 'end')
  const said: string[] = []
  for await (const chunk of bodyOf(response, new AbortController().signal)) said.push(new TextDecoder().decode(chunk))
  expect([said, seen.cancelled]).toEqual([['a', 'b'], false])
  expect(await bodyOf(new Response(null), new AbortController().signal).next()).toEqual({ done: true, value: undefined })
})

it('is closed by its signal although nobody reads, and throws the reason', async () => {
  const { response, seen } = open('a', 'b')
  const stop = new AbortController()
  const body = bodyOf(response, stop.signal)
  await body.next()
  stop.abort(new Error('enough'))
  expect(seen.cancelled).toBe(true)
  await expect(body.next()).rejects.toThrow('enough')
  const late = open('a')
  await expect(bodyOf(late.response, stop.signal).next()).rejects.toThrow('enough')
  expect(late.seen.cancelled).toBe(true)
})

it('is closed while a read waits', async () => {
  const { response } = open()
  const stop = new AbortController()
  const waiting = bodyOf(response, stop.signal).next()
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})

it('is closed by a reader that leaves, and read out when it is whole', async () => {
  const left = open('a', 'b')
  for await (const _ of bodyOf(left.response, new AbortController().signal)) break
  expect(left.seen.cancelled).toBe(true)
  const whole = open('a', 'rest', 'end')
  const body = bodyOf(whole.response, new AbortController().signal)
  for await (const _ of body) {
    body.settle()
    break
  }
  await settled()
  expect(whole.seen).toEqual({ cancelled: false, pulled: 3 })
})

it('does not read for ever what comes after the end mark', async () => {
  const { response, seen } = open('a', ...Array.from({ length: 20 }, () => 'more'))
  const body = bodyOf(response, new AbortController().signal)
  await body.next()
  body.settle()
  await settled()
  expect(seen).toEqual({ cancelled: true, pulled: 9 })
})
