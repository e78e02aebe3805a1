export { type BreakerMode, type BreakerOptions, type BreakerState, type BreakerStore, memoryBreakers } from './breaker.ts'
export { type Clock, liveClock, systemClock, type TestClock, testClock } from './clock.ts'
export { credential } from './credential.ts'
export type {
  AdapterOptions,
  Descriptor,
  Driver,
  DriverCalls,
  DriverContext,
  FindContext,
  OperationSemantics,
  VendorFault,
  Verdict,
  WebhookRequest,
} from './driver.ts'
export type { DegradedEvent } from './engine/policy.ts'
export type { Told } from './engine/told.ts'
export {
  OutcomeUnknownError,
  ProviderError,
  type ProviderErrorFields,
  type ResolveOptions,
  refuse,
  type Settlement,
  VendorRefusal,
} from './errors.ts'
export { type FailoverOptions, failover, type WithoutClient } from './failover.ts'
export * as fields from './fields.ts'
export { checkProviderName, formatHandle, type Handle, type HandleParts, parseHandle } from './handle.ts'
export { type Intent, type IntentState, type IntentStore, type MemoryIntentOptions, memoryIntents } from './intent.ts'
export { intentFromJson, intentToJson } from './intent-json.ts'
export { healthOf, type MemberHealth, reconcileIntent, settleIntent } from './intents.ts'
export {
  act,
  type CallOptions,
  compute,
  create,
  defineInterface,
  type EventBase,
  handleIn,
  type Instance,
  type InterfaceDescription,
  list,
  type OperationKind,
  type OperationSpec,
  type Provider,
  type ProviderBase,
  type Routing,
  read,
  type StreamCommit,
  type StreamRules,
  type StreamTimes,
  search,
  set,
  stream,
  type Times,
  type UnknownEvent,
} from './interface.ts'
export { checkCurrency, type Money, money, moneyFromDecimal, moneyFromWire, moneyToWire, type WireMoney } from './money.ts'
export type { Effect, Fault, Trail, TrailEntry } from './outcome.ts'
export { withOverrides } from './override.ts'
export { type Listing, listing, type Page } from './page.ts'
export { createProvider, type ProviderOptions } from './provider.ts'
export { refusalOf } from './refusal.ts'
export { withSender } from './senders.ts'
export type { Streaming } from './streaming.ts'
export {
  defineProviders,
  type ProviderCatalogue,
  type ProviderFactory,
  type Providers,
  type TenantProviders,
  type TenantRuntime,
} from './tenant.ts'
export type { ProviderChoice, TenantConfig } from './tenant-config.ts'
export { createTransport, type TransportOptions } from './transport.ts'
export {
  type CredentialSource,
  type Credentials,
  createVault,
  memoryVaultStore,
  type Vault,
  type VaultOptions,
  type VaultStore,
} from './vault.ts'
export {
  checkTimestamp,
  fromBase64,
  hmac,
  noWebhooks,
  sameText,
  sha256,
  toBase64,
  toHex,
  verifyEd25519,
  webhookError,
} from './webhook.ts'
