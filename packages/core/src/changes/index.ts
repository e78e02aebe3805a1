export { type Aggregate, type AggregateOptions, type Aggregates, count, sum } from './aggregates.ts'
export { type ChangeRoom, type Changes, createChanges } from './changes.ts'
export { type ChangeCallback, ChangeFeed } from './feed.ts'
export type {
  Change,
  ChangeConsumer,
  ChangeFilter,
  ChangeOptions,
  ChangePage,
  ChildBatch,
  ConsumerOptions,
  FollowOptions,
  Origin,
  ReadOptions,
  Retention,
  Total,
  UpOptions,
} from './types.ts'
