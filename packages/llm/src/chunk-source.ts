export type Bytes = Uint8Array<ArrayBuffer>

export interface Chunk {
  readonly done: boolean
  readonly value?: Bytes | undefined
  /** There was more than fits into one. */
  readonly isFull?: boolean
}

/** Where chunks come from. */
export interface ChunkSource {
  read(): Promise<Chunk>
  /** The same body from now on, so that what comes while nobody reads is one chunk. Only where that can be. */
  double?(): ChunkSource
  /** Somebody waits before he reads, for as much as there is by then. */
  readonly gathers?: boolean
  /** Nobody reads on, and what still comes is moved on. */
  leave?(): void
  cancel(): void
}

/** Each chunk as it comes. */
export function plain(body: ReadableStream<Bytes>): ChunkSource {
  const reader = body.getReader()
  return { read: () => reader.read(), cancel: () => reader.cancel().catch(() => {}) }
}

/** A reader into buffers of one's own. */
export interface ByteReader {
  read(into: Bytes): Promise<Chunk>
  /** workerd's own: resolves when so many bytes are there, or at the end. */
  readAtLeast(bytes: number, into: Bytes): Promise<Chunk>
  releaseLock(): void
  cancel(): Promise<void>
}

/** @throws TypeError where the body cannot be read so. */
export const byteReaderOf = (body: ReadableStream) => body.getReader({ mode: 'byob' }) as unknown as ByteReader

export const little = 4 * 1024
export const much = 16 * 1024

/**
 * A few buffers of the larger size are kept: the memory of streams that come and go would have to be collected all the time. No answer
 * is read out of them, only into them.
 */
const spare: ArrayBuffer[] = []
const mostSpare = 64

export const takeBuffer = (size: number) => (size === much ? spare.pop() : undefined) ?? new ArrayBuffer(size)

export function giveBack(buffer: ArrayBuffer | undefined): void {
  if (buffer?.byteLength === much && spare.length < mostSpare) spare.push(buffer)
}

/** Reads into one buffer again and again, and copies what came out of it: mostly that is little. */
export function intoOne(reader: ByteReader, size: number): { read(): Promise<Chunk>; end(): void } {
  let buffer: ArrayBuffer | undefined
  return {
    async read() {
      const into = new Uint8Array(buffer ?? takeBuffer(size))
      buffer = undefined
      const { done, value } = await reader.read(into)
      if (done || value === undefined) {
        giveBack(value?.buffer)
        return { done: true }
      }
      if (value.length === size) return { done, value, isFull: true }
      buffer = value.buffer
      return { done, value: value.slice() }
    },
    end() {
      giveBack(buffer)
      buffer = undefined
    },
  }
}
