export { inspect } from './inspect.ts'
export type { Reader } from './reader.ts'
export type { Counts, Inspection, Waiting } from './types.ts'
