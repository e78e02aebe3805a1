import type { CallStatus } from './interface.ts'

const order: Readonly<Record<CallStatus, number>> = {
  queued: 0,
  ringing: 1,
  'in-progress': 2,
  completed: 3,
  busy: 3,
  'no-answer': 3,
  failed: 3,
  canceled: 3,
}

/** Webhooks arrive late, twice and out of order: of two statuses of one call, the one that counts. Final ones stay. */
export function laterCallStatus(known: CallStatus, reported: CallStatus): CallStatus {
  return order[reported] > order[known] ? reported : known
}
