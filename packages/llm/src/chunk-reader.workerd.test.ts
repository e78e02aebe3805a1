import { testClock } from '@do/provider'
import { expect, it } from 'vitest'
import { chunkReader } from './chunk-reader.ts'

type Bytes = Uint8Array<ArrayBuffer>
declare const IdentityTransformStream: new () => {
  readonly readable: ReadableStream<Bytes>
  readonly writable: WritableStream<Bytes>
}

// Bodies of the network are tested in test/streams.

const bytes = (from: number) => Uint8Array.from([from, from + 1, from + 2])

async function readAll(body: ReadableStream<Bytes>): Promise<readonly number[]> {
  const reader = chunkReader(body, testClock(), true)
  const all: number[] = []
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    all.push(...(next.value as Bytes))
    reader.gather()
  }
  return all
}

const expected = [0, 1, 2, 3, 4].flatMap((from) => [...bytes(from)])

it.each([undefined, 'bytes'] as const)('a body that is written in JavaScript is read as it comes (type: %s)', async (type) => {
  let at = 0
  const pull = (controller: ReadableStreamDefaultController<Bytes> | ReadableByteStreamController) =>
    at < 5 ? controller.enqueue(bytes(at++)) : controller.close()
  const body =
    type === undefined ? new ReadableStream<Bytes>({ pull }) : (new ReadableStream({ type, pull }) as ReadableStream<Bytes>)
  expect(await readAll(body)).toEqual(expected)
})

it('a pipe, from which workerd moves nothing to another, is read as it comes', async () => {
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter()
  const writing = (async () => {
    for (let at = 0; at < 5; at++) await writer.write(bytes(at))
    await writer.close()
  })()
  expect(await readAll(readable)).toEqual(expected)
  await writing
})
