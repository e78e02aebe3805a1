import type { MessageStatus } from './interface.ts'

const order: Readonly<Record<MessageStatus, number>> = {
  scheduled: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
  undelivered: 4,
  failed: 4,
  canceled: 4,
  received: 4,
}

/** Webhooks arrive late, twice and out of order: of two statuses of one message, the one that counts. Final ones stay. */
export function laterStatus(known: MessageStatus, reported: MessageStatus): MessageStatus {
  return order[reported] > order[known] ? reported : known
}
