import type { ObjectBinding } from '@do/core/full'
import type { Business } from './business/business.ts'
import type { SaaS } from './saas/saas.ts'
import type { Tenant } from './tenant/tenant.ts'

/** Bindings that the objects of this package read. All of them are texts but the namespaces. */
export interface Environment {
  /** Creates tenants and reads all of them. At least 16 characters; without it no tenant can be made. */
  readonly OPERATOR_TOKEN?: string
  /** `<id>:<32 bytes in base64>`, comma separated: the first seals credentials, all of them open. */
  readonly VAULT_KEYS?: string
  /** The origin under which vendors reach this worker, for webhooks: `https://desk.example.com`. */
  readonly PUBLIC_URL?: string
  /** Origins that tenants may name as `baseUrl` of a provider, comma separated. Default: none, only the vendors' own hosts. */
  readonly VENDOR_ORIGINS?: string
  readonly Tenant: ObjectBinding<typeof Tenant>
  /** The product that tenants belong to, named `main`. Without it they belong to nobody and tell nobody. */
  readonly SaaS: ObjectBinding<typeof SaaS>
  /** The business that the product belongs to, named `main`. */
  readonly Business: ObjectBinding<typeof Business>
}
