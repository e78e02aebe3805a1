import type { Trail } from './outcome.ts'

/**
 * An answer that comes piece by piece. Nothing is asked before it is read, and it can be read once. Until the first real piece
 * another provider may take over unseen; after it, a break is thrown, never passed off as an end. Stop reading (`break`,
 * `return`), or abort the call's signal, and the vendor's connection is closed.
 */
export interface Streaming<T> extends AsyncIterable<T> {
  /** The instance that answers; known with the first piece. */
  readonly provider: string | undefined
  /** Who was tried and skipped so far, and why. */
  readonly trail: Trail
}
