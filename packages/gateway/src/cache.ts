/** A whole answer, byte for byte. */
export interface CachedAnswer {
  readonly contentType: string
  readonly provider: string
  readonly model: string
  /** As they were sent: a stream is replayed as a stream. */
  readonly chunks: readonly Uint8Array[]
}

/** Where whole answers are kept. A failure of it is never a failure of the request. */
export interface AnswerCache {
  get(key: string): Promise<CachedAnswer | undefined> | CachedAnswer | undefined
  put(key: string, answer: CachedAnswer): Promise<void> | void
}
