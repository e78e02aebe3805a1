export { type CallFlow, callFlow, FlowBuilder, type FlowStep, type FlowVerb, flowNeeds } from './flow.ts'
export {
  type AvailableNumber,
  type Call,
  type CallStatus,
  type NumberFeature,
  type OwnedNumber,
  type Recording,
  type Telephony,
  type TelephonyEvent,
  telephony,
} from './interface.ts'
export { type NumberPool, numberPool, type PooledNumber } from './pool.ts'
export { toResponse } from './respond.ts'
export { laterCallStatus } from './status.ts'
