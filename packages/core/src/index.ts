export * from './changes/index.ts'
export type {
  Collection,
  CollectionOptions,
  Document,
  PartQuery,
  PurgeOptions,
  Query,
  Range,
  Scalar,
  Where,
} from './collection/types.ts'
export type { CallOptions, Context, ObjectBinding, Objects, Remote, TreeContext } from './context/types.ts'
export type { Call } from './expose/access.ts'
export type { CallMiddleware, Calls } from './expose/calls.ts'
export { Capability } from './expose/capability.ts'
export type { LimitOptions as CallLimitOptions } from './expose/limits.ts'
export type { MethodKind, MethodOptions, Methods } from './expose/types.ts'
export type { Handler, Middleware, Reply, RequestContext } from './http/context.ts'
export { consoleLog, errorFacts, type LogLine } from './http/log.ts'
export { notFound, problem, problemResponse, statusOf } from './http/problem.ts'
export { createRouter, type Router } from './http/router.ts'
export type { ObjectRecord } from './identity/record.ts'
export { durableBreakers } from './intents/breakers.ts'
export { type DurableIntentOptions, type DurableIntents, durableIntents } from './intents/intents.ts'
export type { Completion, Job, JobOptions, JobRequest, JobState, Jobs, RunningJob } from './jobs/types.ts'
export { type CallContext, currentCall, withCall } from './kernel/call-context.ts'
export { knock } from './kernel/doors.ts'
export { DigitalObject } from './object/digital-object.ts'
export type { ObjectClass } from './object/tiny.ts'
export { type OutboundOptions, outboundFetch } from './outbound/fetch.ts'
export type { ObjectContext, ObjectStorage, SqlStorage, SqlValue } from './platform/types.ts'
export type { Entry, State, StateChange } from './state/state.ts'
export type { Json } from './storage/json.ts'
export { guardSql } from './storage/limits.ts'
export type { Migration } from './storage/migrations.ts'
export type { StorageOptions, StorageUsage } from './storage/quota.ts'
export type { Schema } from './storage/schema.ts'
export type {
  Child,
  ChildQuery,
  DeleteOptions,
  DescendantQuery,
  Lifecycle,
  LifecycleStatus,
  RemoteLifecycle,
  Tree,
  TreeNode,
} from './tree/types.ts'
export { createWorker, type DigitalWorker, type WorkerContext, type WorkerOptions } from './worker/create-worker.ts'
export type { Writer, WriterOptions } from './writer/writer.ts'
