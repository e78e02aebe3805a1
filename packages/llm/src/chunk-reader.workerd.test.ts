import { systemClock, testClock } from '@do/provider'
import { expect, it } from 'vitest'
import { type ChunkReader, chunkReader } from './chunk-reader.ts'

type Bytes = Uint8Array<ArrayBuffer>
interface Pipe {
  readonly readable: ReadableStream<Bytes>
  readonly writable: WritableStream<Bytes>
}
declare const IdentityTransformStream: new () => Pipe

const bytes = (count: number, from = 0) => Uint8Array.from({ length: count }, (_, index) => (from + index) % 251)

function opened() {
  const { readable, writable } = new IdentityTransformStream()
  return { reader: chunkReader(readable, testClock()), writer: writable.getWriter() }
}

/** As after the first output. */
async function gathering() {
  const all = opened()
  const [first] = await Promise.all([all.reader.read(), all.writer.write(bytes(10))])
  expect(first.value).toEqual(bytes(10))
  all.reader.gather()
  return all
}

async function readAll(reader: ChunkReader) {
  const chunks: Bytes[] = []
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value as Bytes)
  return chunks
}

it('gives in one what came while nobody read', async () => {
  const { reader, writer } = await gathering()
  const reading = reader.read()
  await writer.write(bytes(100))
  expect((await reading).value).toEqual(bytes(100))
  for (let at = 0; at < 5_000; at += 100) await writer.write(bytes(100, at))
  expect((await reader.read()).value).toEqual(bytes(5_000))
  void writer.close()
  expect((await reader.read()).done).toBe(true)
})

it('gives the next chunk as soon as it comes', async () => {
  const { reader, writer } = await gathering()
  for (let at = 0; at < 50; at++) {
    const [{ value }] = await Promise.all([reader.read(), writer.write(bytes(20, at))])
    expect(value).toEqual(bytes(20, at))
  }
})

it.each([1, 100, 16_384, 16_385, 50_000])('loses and doubles nothing, in chunks of %i bytes', async (length) => {
  const { reader, writer } = await gathering()
  const total = Math.min(300_000, length * 500)
  const writing = (async () => {
    for (let at = 0; at < total; at += length) await writer.write(bytes(Math.min(length, total - at), at))
    await writer.close()
  })()
  const chunks = await readAll(reader)
  await writing
  expect(new Uint8Array(await new Blob(chunks).arrayBuffer())).toEqual(bytes(total))
})

it('is not far ahead of a slow reader', async () => {
  const { reader, writer } = await gathering()
  let written = 0
  const writing = (async () => {
    for (; written < 1_000_000; written += 1_000) await writer.write(bytes(1_000))
    await writer.close()
  })()
  const first = await reader.read()
  await systemClock.sleep(50)
  expect(written).toBeLessThan(50_000)
  const rest = await readAll(reader)
  await writing
  expect([first.value as Bytes, ...rest].reduce((sum, { length }) => sum + length, 0)).toBe(1_000_000)
})

it('ends at the source when it is cancelled, while it waits and between two reads', async () => {
  for (const waits of [true, false]) {
    const { reader, writer } = await gathering()
    const reading = waits ? reader.read() : undefined
    if (!waits) {
      const other = reader.read()
      await writer.write(bytes(10))
      await other
    }
    reader.cancel()
    await reading?.catch(() => {})
    await expect(
      (async () => {
        for (let i = 0; i < 3; i++) await writer.write(bytes(10))
      })(),
    ).rejects.toThrow()
  }
})

it('breaks where the source breaks, after what came before', async () => {
  const { reader, writer } = await gathering()
  const reading = reader.read()
  await writer.write(bytes(10))
  expect((await reading).value).toEqual(bytes(10))
  void writer.abort(new Error('cut')).catch(() => {})
  await expect(reader.read()).rejects.toThrow()
})

it('leaves bodies alone that are written in JavaScript', async () => {
  let at = 0
  const body = new ReadableStream<Bytes>({
    pull: (controller) => (at < 5 ? controller.enqueue(bytes(3, at++)) : controller.close()),
  })
  const reader = chunkReader(body, testClock())
  await reader.read()
  reader.gather()
  expect(await readAll(reader)).toEqual([1, 2, 3, 4].map((from) => bytes(3, from)))
})
