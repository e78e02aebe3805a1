export { createEvents, type EventRoomOptions } from './events.ts'
export type * from './types.ts'
