export { MemoryApiError, type MemoryClient, memoryClient } from './client.ts'
export { type MemoryOptions, memorySms, memorySmsDriver } from './sms.ts'
export { memoryTelephony, memoryTelephonyDriver } from './telephony.ts'
export { MemoryTwin, memoryTwin } from './twin.ts'
