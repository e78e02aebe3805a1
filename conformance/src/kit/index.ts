export { FaultPlan } from './faults.ts'
export { type Pair, pair } from './pair.ts'
export { Random } from './random.ts'
export { type OutgoingWebhook, TwinCore, TwinNetworkError, type TwinOptions, type VendorVoice } from './twin-core.ts'
