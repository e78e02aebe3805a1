import type { Clock } from '@do/provider'
import { type Bytes, type Chunk, plain } from './chunk-source.ts'
import { doubleable } from './doubled.ts'

/** Reads a body chunk by chunk. */
export interface ChunkReader {
  /** The next chunk. `now`: without waiting for more that comes soon after. */
  read(now?: boolean): Promise<Chunk>
  /**
   * From now on chunks that follow closely on one another may come as one, at most 10 ms after the first of them. Between two reads
   * only. Where the runtime hands over its chunks cheaply, or without `mayGather`, nothing changes.
   */
  gather(): void
  /** Nobody reads on. What still comes is moved out of the way, so that the connection can serve the next request, or it is closed. */
  leave(): Promise<void>
  cancel(): void
}

/** Milliseconds in which what comes is taken together. Less than a frame on a screen. */
const together = 10
/** Chunks that are read after the end mark before the connection is given up. */
const mostLeft = 8

/** `mayGather`: `gather` will be asked for. It takes preparing, which is wasted where it is not. */
export function chunkReader(body: ReadableStream<Bytes>, clock: Clock, mayGather = false): ChunkReader {
  let source = (mayGather ? doubleable(body) : undefined) ?? plain(body)
  let mayWait = false
  /** The last chunk came soon, and was all there was. */
  let moreComes = false
  const wait = async () => {
    const { double } = source
    if (double !== undefined) {
      // Not before what is read already is on its way: it may be the first that the client sees.
      await clock.sleep(1)
      source = double()
    }
    if (source.gathers) await clock.sleep(double === undefined ? together : together - 1)
  }
  const read = async (now: boolean) => {
    // After a pause there is nothing to take together, and what comes shall be seen at once.
    if (mayWait && moreComes && !now) await wait()
    const asked = clock.now()
    const result = await source.read()
    moreComes = clock.now() - asked < together && !result.isFull
    return result
  }
  return {
    read: (now = false) => read(now),
    gather: () => {
      mayWait = true
    },
    async leave() {
      if (source.leave !== undefined) return source.leave()
      for (let left = mostLeft; left > 0; left--) if ((await read(true)).done) return
      source.cancel()
    },
    cancel: () => source.cancel(),
  }
}
