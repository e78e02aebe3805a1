import { DigitalObject, type Json, type ObjectContext, problem } from '@do/core'
import type { Environment } from '../environment.ts'
import { bearer, isOperator } from '../tokens.ts'
import { type EventStream, eventStream } from './stream.ts'

interface TenantLine {
  readonly id: string
  readonly [field: string]: Json | undefined
}

interface Report {
  readonly summary: TenantLine
  readonly changes: readonly { readonly kind: string; readonly record: Json }[]
}

/**
 * The list of tenants, and one stream of everything that changes: for the operator's console. There is one, named `main`.
 * It knows only what tenants tell it; each tenant stays the truth about itself.
 */
export class Directory extends DigitalObject<Environment> {
  static override readonly prefix: string = '/directory'

  readonly lines = this.collection<{ line: TenantLine }>('tenants')
  readonly #stream: EventStream = eventStream(this.clock)

  constructor(ctx: ObjectContext, env: Environment) {
    super(ctx, env)
    this.use(async ({ request }, next) => {
      const token = bearer(request)
      if (token === undefined || !(await isOperator(token, env.OPERATOR_TOKEN))) {
        throw problem(401, 'unauthorized', 'This is for the operator. Send the operator token as bearer.', {
          headers: { 'www-authenticate': 'Bearer' },
        })
      }
      return next()
    })
    this.route('GET', '/tenants', () => ({ tenants: this.lines.list({ limit: 1_000 }).items.map(({ line }) => line) }))
    this.route('GET', '/events', ({ request }) => this.#stream.open(request.signal))
    this.route('POST', '/changes/:tenant', async (context) => {
      const tenant = context.params.tenant as string
      const { summary, changes } = (await context.json()) as Report
      this.lines.upsert(tenant, { line: summary })
      if (changes.length === 0) this.#stream.send('change', { tenant, summary })
      for (const change of changes) this.#stream.send('change', { tenant, summary, ...change })
      return undefined
    })
  }
}
