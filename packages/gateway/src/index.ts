export type { AnswerCache, CachedAnswer } from './cache.ts'
export type { Ask, GatewayHost, GatewayOperation, Outcome, Session } from './host.ts'
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
