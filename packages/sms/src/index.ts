export { type BulkOptions, type BulkProgress, type BulkResult } from './bulk.ts'
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
export { type OptOutStore, memoryOptOuts, withOptOuts } from './opt-out.ts'
export { type Segments, segments } from './segments.ts'
export { laterStatus } from './status.ts'
