export type {
  FaultControl,
  Heard,
  PlacedCall,
  RecordedRequest,
  SentMessage,
  SmsTwin,
  TelephonyTwin,
  Twin,
  TwinFault,
  TwinNumber,
  WebhookFault,
} from './twin.ts'
