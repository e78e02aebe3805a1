import { type ChangeOptions, DigitalObject, type Methods, type ObjectContext, type Total } from '@do/core/full'
import type { Environment } from '../environment.ts'
import { operatorOnly } from '../operator-only.ts'
import { totals } from '../rollup.ts'

export interface BusinessOverview {
  readonly id: string
  readonly totals: readonly Total[]
  /** URL of each product, with what it amounts to. */
  readonly products: readonly { readonly id: string; readonly totals: readonly Total[] }[]
}

/** The products of one owner, and what they amount to: counted from the changes that come up from below, each exactly once. */
export class Business extends DigitalObject<Environment> {
  static override readonly prefix: string = '/b'
  static override readonly methods = {
    overview: { kind: 'read', scopes: ['operator'], description: 'The products and what they amount to.' },
    feed: { kind: 'capability', scopes: ['operator'], description: 'Everything that changes, in order, from any cursor.' },
  } satisfies Methods<Business>
  static override readonly changes: ChangeOptions = { aggregate: totals, feed: true }

  constructor(ctx: ObjectContext, env: Environment) {
    super(ctx, env)
    this.use(operatorOnly(env))
    this.route('GET', '/overview', () => this.overview())
  }

  overview(): BusinessOverview {
    const products = this.$tree.children({ type: 'SaaS', limit: 1_000 }).items
    return {
      id: this.$id,
      totals: this.$changes.totals(),
      products: products.map(({ url }) => ({ id: url, totals: this.$changes.totals(url) })),
    }
  }

  feed() {
    return this.$changes.feed()
  }
}
