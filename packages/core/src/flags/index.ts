export { createFlags } from './flags.ts'
export type {
  Condition,
  Evaluation,
  Exposure,
  Flag,
  FlagChange,
  FlagDefinition,
  FlagRule,
  FlagSetting,
  Flags,
  Subject,
} from './types.ts'
