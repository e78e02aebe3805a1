export { type LimitOptions, limitCalls, limitRequests } from './http.ts'
export { createLimits, type Limits } from './limits.ts'
export type { LimitPolicy, Taken } from './types.ts'
