import { type Bytes, byteReaderOf, type ChunkSource, giveBack, intoOne, little, much, takeBuffer } from './chunk-source.ts'

interface Pipe {
  readonly readable: ReadableStream
  readonly writable: WritableStream
}

/** workerd's pipe between two streams, which moves bytes without JavaScript. */
const identityStream = (globalThis as { IdentityTransformStream?: new () => Pipe }).IdentityTransformStream

/** Each chunk as it comes, of a body that can be doubled later. Undefined where the runtime has no need of it, or no means. */
export function doubleable(body: ReadableStream<Bytes>): ChunkSource | undefined {
  if (identityStream === undefined) return undefined
  try {
    const reader = byteReaderOf(body)
    const double = () => {
      reader.releaseLock()
      return doubled(body, identityStream)
    }
    return { read: intoOne(reader, little).read, double, cancel: () => reader.cancel().catch(() => {}) }
  } catch {
    // It is written in JavaScript: there is nothing that would move by itself.
    return undefined
  }
}

/**
 * In workerd each chunk that JavaScript reads costs more than all that is done with it, and one read never gives two chunks, though
 * they be there. So the body is doubled: one half is taken in large pieces, by which workerd moves on through chunks by itself; what
 * the other half gets meanwhile it keeps, and gives in one piece.
 */
function doubled(body: ReadableStream<Bytes>, pipe: new () => Pipe): ChunkSource {
  const [moving, kept] = body.tee() as [ReadableStream, ReadableStream]
  const { readable, writable } = new pipe()
  // A half that nobody takes would be kept for it until the end.
  moving.pipeTo(writable).catch(() => void moving.cancel().catch(() => {}))
  const mover = byteReaderOf(readable)
  const reader = byteReaderOf(kept)
  const { read, end } = intoOne(reader, much)
  let isMoving = false
  let hasLeft = false
  /** Bytes that the mover has let in, and those that were read. It is never ahead by more than its size, however slow the reader. */
  let moved = 0
  let taken = 0
  const cancel = () => {
    mover.cancel().catch(() => {})
    reader.cancel().catch(() => {})
  }
  const move = async () => {
    isMoving = true
    const { done, value } = await mover.readAtLeast(much, new Uint8Array(takeBuffer(much)))
    giveBack(value?.buffer)
    moved += much
    isMoving = done
    if (hasLeft && !done) cancel()
  }
  const moveOn = () => {
    if (!isMoving && taken >= moved) move().catch(() => {})
  }
  moveOn()
  return {
    gathers: true,
    async read() {
      moveOn()
      const chunk = await read()
      taken += chunk.value?.length ?? 0
      return chunk
    },
    leave() {
      hasLeft = true
      end()
      reader.cancel().catch(() => {})
      // The other half goes on to the end of the body, or until so much has come that there must be more.
      if (!isMoving) move().catch(() => {})
    },
    cancel,
  }
}
