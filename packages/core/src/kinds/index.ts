export { type Agent, type Agents, createAgents } from './agents.ts'
export type { Definitions, Versioned } from './definitions.ts'
export { createEventLog, type EventLog, type EventRecord } from './events.ts'
export {
  createExperiments,
  type Experiment,
  type Experiments,
  type Exposure,
  type Variant,
  type VariantResult,
  variantFor,
} from './experiments.ts'
export { createFunctions, type FunctionDefinition } from './functions.ts'
export { createIntegrations, type Integration, type IntegrationState, type Integrations } from './integrations.ts'
export { createOrgs, type Member, type Org, type Orgs } from './orgs.ts'
export { createRoles, type Role, type Roles } from './roles.ts'
export { createUsers, normalEmail, type User, type Users } from './users.ts'
export {
  createWebhooks,
  type Delivery,
  type Endpoint,
  signDelivery,
  type WebhookOptions,
  type Webhooks,
  webhookSecret,
} from './webhooks.ts'
export { createWorkflows, stagesOf, type WorkflowDefinition, type WorkflowStep } from './workflows.ts'
