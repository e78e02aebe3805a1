import type { Clock } from '@do/provider'

type Bytes = Uint8Array<ArrayBuffer>

/** Reads a body chunk by chunk. */
export interface ChunkReader {
  /** The next chunk. `now`: without waiting for more that comes soon after. */
  read(now?: boolean): Promise<{ readonly done: boolean; readonly value?: Bytes | undefined }>
  /**
   * From now on chunks that follow closely on one another may come as one, at most 10 ms after the first of them. Between two reads
   * only. Where the runtime hands over its chunks cheaply, nothing changes.
   */
  gather(): void
  cancel(): void
}

/** Milliseconds in which what comes is taken together. Less than a frame on a screen. */
const together = 10
/** Bytes that are taken in at once. */
const size = 16 * 1024

export function chunkReader(body: ReadableStream<Bytes>, clock: Clock): ChunkReader {
  let plain = body.getReader()
  let gathered: Gathered | undefined
  /** Undefined until it is wished, false once it was tried. */
  let mayGather: boolean | undefined
  /** The last chunk came soon, and was all there was. */
  let moreComes = false
  const next = () => (gathered === undefined ? plain.read() : gathered.read())
  /** A stream that is slow has nothing to take together, and is spared the memory for it. */
  const begin = (pipe: new () => Pipe) => {
    mayGather = false
    plain.releaseLock()
    if (isNative(body)) gathered = gatheredFrom(body, pipe)
    else plain = body.getReader()
  }
  return {
    async read(now = false) {
      if (moreComes && mayGather && identityStream !== undefined) begin(identityStream)
      // After a pause there is nothing to take together, and what comes shall be seen at once.
      if (!now && moreComes && gathered !== undefined) await clock.sleep(together)
      const asked = clock.now()
      const result = await next()
      moreComes = clock.now() - asked < together && result.value?.length !== size
      return result
    },
    gather() {
      if (mayGather !== undefined) return
      mayGather = identityStream !== undefined
      // How soon the first output came says nothing of the rest.
      moreComes = false
    },
    cancel() {
      if (gathered === undefined) plain.cancel().catch(() => {})
      else gathered.cancel()
    },
  }
}

type Gathered = Pick<ChunkReader, 'read' | 'cancel'>

interface ByteReader {
  read(into: Bytes): Promise<{ readonly done: boolean; readonly value?: Bytes }>
  /** workerd's own: resolves when so many bytes are there, or at the end. */
  readAtLeast(bytes: number, into: Bytes): Promise<{ readonly done: boolean; readonly value?: Bytes }>
  cancel(): Promise<void>
}

interface Pipe {
  readonly readable: ReadableStream
  readonly writable: WritableStream
}

/** workerd's pipe between two streams, which moves bytes without JavaScript. */
const identityStream = (globalThis as { IdentityTransformStream?: new () => Pipe }).IdentityTransformStream

const byteReaderOf = (body: ReadableStream) => body.getReader({ mode: 'byob' }) as unknown as ByteReader

/** workerd reads it itself: it is not written in JavaScript. */
function isNative(body: ReadableStream): boolean {
  try {
    body.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}

/**
 * In workerd each chunk that JavaScript reads costs more than all that is done with it, and one read never gives two chunks, though
 * they be there. So the body is doubled: one half is taken in large pieces, by which workerd moves on through chunks by itself; what
 * the other half gets meanwhile it keeps, and gives in one piece.
 */
function gatheredFrom(body: ReadableStream, pipe: new () => Pipe): Gathered {
  const [moving, kept] = body.tee() as [ReadableStream, ReadableStream]
  const { readable, writable } = new pipe()
  // A half that nobody takes would be kept for it until the end.
  moving.pipeTo(writable).catch(() => void moving.cancel().catch(() => {}))
  const mover = byteReaderOf(readable)
  const reader = byteReaderOf(kept)
  let buffer = new ArrayBuffer(size)
  let isMoving = false
  /** Bytes that the mover has let in, and those that were read. It is never ahead by more than its size, however slow the reader. */
  let moved = 0
  let taken = 0
  const move = async () => {
    isMoving = true
    const { done } = await mover.readAtLeast(size, new Uint8Array(size))
    moved += size
    isMoving = done
  }
  return {
    async read() {
      if (!isMoving && taken >= moved) move().catch(() => {})
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (value === undefined) return { done }
      taken += value.length
      // Mostly it is little of it, and the rest is not worth keeping for as long as that little lives.
      const isLittle = value.length < size / 4
      buffer = isLittle && value.buffer.byteLength === size ? value.buffer : new ArrayBuffer(size)
      return { done, value: isLittle ? value.slice() : value }
    },
    cancel() {
      mover.cancel().catch(() => {})
      reader.cancel().catch(() => {})
    },
  }
}
