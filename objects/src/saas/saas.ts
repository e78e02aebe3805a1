import { type ChangeOptions, DigitalObject, type Methods, type ObjectContext, type ObjectRecord, type Total } from '@do/core/full'
import type { Environment } from '../environment.ts'
import { operatorOnly } from '../operator-only.ts'
import { promptJobs, totals } from '../rollup.ts'
import type { TenantSummary } from '../tenant/overview.ts'
import { watchers } from './watchers.ts'

/** A tenant that did not answer is shown with what is known without it. */
export interface TenantLine extends Partial<TenantSummary> {
  readonly id: string
  readonly unreachable?: true
}

export interface SaasOverview {
  readonly id: string
  /** Counted from the changes that came up, like the business's own. */
  readonly totals: readonly Total[]
  readonly business: { readonly id: string; readonly totals: readonly Total[] } | null
  /** Where the change feed was when this was read. */
  readonly changes: string
  readonly tenants: readonly TenantLine[]
  /** For the next page of tenants. */
  readonly cursor?: string
}

/** What is counted above goes up; what tenants do beside it is told here and ends here. */
const counted = { source: Object.values(totals).map(({ source }) => source) }

/**
 * All tenants of one product: who they are, what they amount to, and the feed of everything that changes in them. Each tenant
 * stays the truth about itself and tells its changes, without their content, over change capture.
 */
export class SaaS extends DigitalObject<Environment> {
  static override readonly prefix: string = '/saas'
  static override readonly methods = {
    overview: { kind: 'read', scopes: ['operator'], description: 'The tenants, a page at a time, and what they amount to.' },
    tenant: { kind: 'read', scopes: ['operator'], parameters: ['id'], description: 'One tenant, as the operator may see it.' },
    feed: { kind: 'capability', scopes: ['operator'], description: 'Everything that changes, in order, from any cursor.' },
    watch: { kind: 'read', scopes: ['operator'], description: 'Calls back when the feed has something new.' },
  } satisfies Methods<SaaS>
  static override readonly jobOptions = promptJobs
  static override readonly changes: ChangeOptions = { up: { filter: counted }, aggregate: totals, feed: true }

  readonly #watchers = watchers(this)

  constructor(ctx: ObjectContext, env: Environment) {
    super(ctx, env)
    this.use(operatorOnly(env))
    this.route('GET', '/overview', ({ url }) => this.overview(url.searchParams.get('cursor') ?? undefined))
    this.route('GET', '/tenants/:id', ({ params }) => this.tenant(params.id ?? ''))
    this.$changes.onChild(() => this.#watchers.ring())
  }

  /** Whoever stores something in it makes it a part of its business. */
  override $create(more: { readonly context?: string | null } = {}): ObjectRecord {
    const business = this.env.Business === undefined ? null : new URL('/b/main', this.$id).href
    return super.$create({ context: more.context ?? business })
  }

  async overview(cursor?: string): Promise<SaasOverview> {
    // Before the totals: what happens while they are read is in the feed once more, rather than never.
    const { cursor: changes } = this.$changes
    const page = this.$tree.children({ type: 'Tenant', limit: 100, ...(cursor === undefined ? {} : { cursor }) })
    const tenants = page.items.map(async ({ name }): Promise<TenantLine> => {
      try {
        return await this.$.Tenant(name, { deadlineMs: 5_000 }).summary()
      } catch {
        return { id: name, unreachable: true }
      }
    })
    return {
      id: this.$id,
      totals: this.$changes.totals(),
      business: await this.#business(),
      changes,
      tenants: await Promise.all(tenants),
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    }
  }

  /** @throws ProviderError `not_found` */
  tenant(id: string) {
    return this.$.Tenant(id).overview()
  }

  feed() {
    return this.$changes.feed()
  }

  /** The callback carries nothing: read the feed from your cursor. */
  watch(callback: () => unknown): void {
    this.#watchers.keep(callback)
  }

  async #business(): Promise<SaasOverview['business']> {
    if (this.env.Business === undefined || this.$context === null) return null
    return this.$.Business('main', { deadlineMs: 5_000 })
      .overview()
      .catch(() => null)
  }
}
