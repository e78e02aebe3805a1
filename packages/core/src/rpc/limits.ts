import type { RecordLimits } from './record.ts'

/** Of one connection. Whoever goes beyond one gets a typed error, then the socket is closed (1009 for size, otherwise 1008). */
export interface RpcLimits extends RecordLimits {
  /** Bytes of one frame, and of the body of one batch. Default 1,048,576. */
  readonly maxFrameBytes: number
  /** Bytes of the frame with which a session is resumed. Default 4,194,304. */
  readonly maxResumeBytes: number
}

export const defaultLimits: RpcLimits = {
  maxFrameBytes: 1_048_576,
  maxResumeBytes: 4_194_304,
  maxCapabilities: 1_000,
  maxUnresolved: 2_000,
  maxProvenanceBytes: 524_288,
}
