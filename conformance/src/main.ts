export type { At, Check, Level, World } from './check.ts'
export type { Deviation } from './deviation.ts'
export type {
  AskedAnswer,
  AskedMessage,
  GeneratedAnswer,
  LlmRefusal,
  LlmTwin,
  ScriptedAnswer,
  StreamFault,
  TwinUsage,
} from './llm-twin.ts'
export type { PaymentsTwin, TestMethods, TwinMovement, TwinPayment } from './payments-twin.ts'
export { toJson } from './report/json.ts'
export { toMarkdown } from './report/markdown.ts'
export { type Cell, type Matrix, matrixOf } from './report/matrix.ts'
export { toTerminal } from './report/terminal.ts'
export { type CheckResult, type ConformanceOptions, type ConformanceResult, runConformance, type Status } from './run.ts'
export { checksOf } from './suites.ts'
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
