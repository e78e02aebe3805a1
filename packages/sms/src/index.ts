export type { BulkOptions, BulkProgress, BulkResult } from './bulk.ts'
export { consentIn } from './consent.ts'
export {
  type DeliveryFailure,
  type Message,
  type MessageStatus,
  type SendInput,
  type Sms,
  type SmsEvent,
  sms,
} from './interface.ts'
export { memoryOptOuts, type OptOutStore, withOptOuts } from './opt-out.ts'
export { type Segments, segments } from './segments.ts'
export { laterStatus } from './status.ts'
