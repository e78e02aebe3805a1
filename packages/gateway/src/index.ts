export {
  type Budget,
  type BudgetLimit,
  type BudgetOptions,
  type BudgetPeriod,
  type BudgetState,
  createBudget,
} from './budget.ts'
export { type BudgetStore, type Hold, memoryBudget } from './budget-store.ts'
export { type AnswerCache, type CachedAnswer, type MemoryCacheOptions, memoryCache } from './cache.ts'
export { type CostEstimate, costEstimate } from './cost-estimate.ts'
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
export type { Ask, GatewayHost, GatewayOperation, Outcome, Session } from './host.ts'
export { type KeyHostOptions, type KeyOwner, keyHost } from './key-host.ts'
export {
  forbidden,
  GatewayRefusal,
  insufficientQuota,
  invalid,
  modelNotFound,
  type RefusalFields,
  rateLimited,
  unauthorized,
} from './refusal.ts'
export type { LogEntry } from './settlement.ts'
