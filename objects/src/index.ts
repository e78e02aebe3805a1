export { Directory } from './directory/directory.ts'
export { type OperatorBindings, operatorApi } from './directory/operator.ts'
export type { Environment, Namespace } from './environment.ts'
export type { Settings } from './tenant/config.ts'
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
