export { installSchedules } from './install.ts'
export { createSchedules, type ScheduleRoom, type ScheduleRoomOptions } from './schedules.ts'
export type {
  AtTimes,
  Calendar,
  DayRule,
  Every,
  Register,
  Run,
  RunPage,
  RunState,
  Schedule,
  ScheduledRun,
  ScheduleHandler,
  ScheduleOptions,
  ScheduleState,
  Schedules,
  SkipReason,
  Timing,
} from './types.ts'
