export { Business, type BusinessOverview } from './business/business.ts'
export type { Environment } from './environment.ts'
export { llmGateway } from './llm/host.ts'
export type { ModelSettings } from './llm/settings.ts'
export { type OperatorBindings, operatorApi } from './operator.ts'
export { SaaS, type SaasOverview, type TenantLine } from './saas/saas.ts'
export type { Settings } from './tenant/config.ts'
export type { TenantOverview, TenantSummary } from './tenant/overview.ts'
export type {
  AuditRecord,
  CallRecord,
  EventRecord,
  MessageRecord,
  NumberRecord,
  PurchaseRecord,
  Reconciliation,
  RecordedError,
  Standing,
  Stored,
  Undertaking,
} from './tenant/records.ts'
export type { CallScript } from './tenant/script.ts'
export { Tenant, type TenantCatalogue, tenantClass } from './tenant/tenant.ts'
