export { type ClassChanges, type Plan, planDeployment, type WranglerConfig } from './deploy/plan.ts'
export { CommandError } from './failure.ts'
export { type Output, run } from './run.ts'
export { describeWorker, type ExportedClass } from './worker/describe.ts'
