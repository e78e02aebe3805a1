import {
  type ChangeOptions,
  DigitalObject,
  durableBreakers,
  durableIntents,
  type Methods,
  type ObjectContext,
  type ObjectRecord,
} from '@do/core/full'
import type { Llm } from '@do/llm'
import type { Payments } from '@do/payments'
import type { IntentStore, Providers } from '@do/provider'
import type { Sms } from '@do/sms'
import type { Telephony } from '@do/telephony'
import type { Environment } from '../environment.ts'
import { defineAnswering, forgetVersion } from '../llm/books.ts'
import type { AnswerRecord } from '../llm/records.ts'
import { modelRoutes } from '../llm/routes.ts'
import { defineBookkeeping } from '../money/bookkeeping.ts'
import { defineCollecting } from '../money/collect.ts'
import { defineLearning } from '../money/learn.ts'
import { definePayouts } from '../money/payouts.ts'
import type { DisputeRecord, MovementRecord, PaymentRecord, SellerRecord } from '../money/records.ts'
import { moneyRoutes } from '../money/routes.ts'
import { defineSellers } from '../money/sellers.ts'
import { promptJobs, toldUp, totals, withoutContent } from '../rollup.ts'
import { access, type Who } from './access.ts'
import { accountRoutes } from './account.ts'
import { callRoutes } from './calls.ts'
import { configRoutes, readConfig } from './config.ts'
import { hookRoutes } from './hooks.ts'
import { intentRoutes } from './intents.ts'
import { buildProviders, type Live } from './live.ts'
import { messageRoutes } from './messages.ts'
import { numberRoutes } from './numbers.ts'
import { overviewOf, overviewRoutes, summaryOf, type TenantOverview, type TenantSummary } from './overview.ts'
import { defineReconciliation, wake } from './reconcile.ts'
import type { AuditRecord, CallRecord, EventRecord, MessageRecord, NumberRecord, PurchaseRecord } from './records.ts'
import { defineReport, reportRoutes } from './report.ts'

/** The adapters a tenant may choose from: handed in, because no object knows an adapter. */
export type TenantCatalogue = {
  // biome-ignore lint/suspicious/noExplicitAny: each adapter has credentials of its own
  readonly sms: Readonly<Record<string, (options: any) => Sms>>
  // biome-ignore lint/suspicious/noExplicitAny: each adapter has credentials of its own
  readonly telephony: Readonly<Record<string, (options: any) => Telephony>>
  // biome-ignore lint/suspicious/noExplicitAny: each adapter has credentials of its own
  readonly payments?: Readonly<Record<string, (options: any) => Payments>>
  // biome-ignore lint/suspicious/noExplicitAny: each adapter has credentials of its own
  readonly llm?: Readonly<Record<string, (options: any) => Llm>>
}

/**
 * One customer of the desk: its providers, numbers, messages, calls, opt-outs, events, intents and audit log, each tenant
 * in an object (and a database) of its own. Its changes go up to the SaaS, without their content. docs/runtime.md has its HTTP face.
 */
export abstract class Tenant extends DigitalObject<Environment> {
  static override readonly prefix: string = '/t'
  static override readonly methods = {
    summary: { kind: 'read', scopes: ['operator'], description: 'One line: figures, and what is wrong.' },
    overview: { kind: 'read', scopes: ['operator'], description: 'How it is doing: no text, no digits, no credential.' },
  } satisfies Methods<Tenant>
  static override readonly jobOptions = promptJobs
  static override readonly changes: ChangeOptions = { up: { filter: toldUp, transform: withoutContent }, aggregate: totals }

  readonly messages = this.collection<MessageRecord>('messages', undefined, {
    indexes: ['handle', 'direction', 'status', 'to'],
    unique: ['key'],
  })
  readonly calls = this.collection<CallRecord>('calls', undefined, {
    indexes: ['handle', 'direction', 'status'],
    unique: ['key'],
  })
  readonly purchases = this.collection<PurchaseRecord>('purchases', undefined, { indexes: ['status'], unique: ['key'] })
  readonly numbers = this.collection<NumberRecord>('numbers', undefined, { indexes: ['handle', 'provider'] })
  readonly payments = this.collection<PaymentRecord>('payments', undefined, { indexes: ['handle', 'status'], unique: ['key'] })
  readonly movements = this.collection<MovementRecord>('movements', undefined, {
    indexes: ['handle', 'kind', 'status', 'payment'],
    unique: ['key'],
  })
  readonly disputes = this.collection<DisputeRecord>('disputes', undefined, { indexes: ['handle', 'status'] })
  readonly sellers = this.collection<SellerRecord>('sellers', undefined, { indexes: ['handle', 'status'], unique: ['key'] })
  readonly answers = this.collection<AnswerRecord>('answers', undefined, { indexes: ['status'] })
  readonly events = this.collection<EventRecord>('events', undefined, { indexes: ['about', 'type'] })
  readonly audit = this.collection<AuditRecord>('audit', undefined, { indexes: ['what'] })

  readonly intents: IntentStore
  /** The intents that this incarnation is working on, by key: nobody else needs to reconcile those. */
  readonly underWay = new Map<string, Promise<unknown>>()

  /** Which adapters there are. */
  abstract get adapters(): Providers<TenantCatalogue>

  #live: Promise<Live> | undefined

  constructor(ctx: ObjectContext, env: Environment) {
    super(ctx, env)
    this.intents = durableIntents(ctx.storage, { clock: this.clock, jobs: this.jobs })
    this.use(access(this))
    for (const routes of [
      accountRoutes,
      configRoutes,
      numberRoutes,
      messageRoutes,
      callRoutes,
      intentRoutes,
      hookRoutes,
      overviewRoutes,
      reportRoutes,
      moneyRoutes,
      modelRoutes,
    ])
      routes(this)
    defineReconciliation(this)
    defineReport(this)
    defineLearning(this)
    defineCollecting(this)
    definePayouts(this)
    defineSellers(this)
    defineBookkeeping(this)
    defineAnswering(this)
    ctx.waitUntil(wake(this))
  }

  /** The providers as configured now. Built on first use, and again after anything they depend on has changed. */
  live(): Promise<Live> {
    this.#live ??= buildProviders(this, { breakers: durableBreakers(this.ctx.storage), config: readConfig(this) })
    const mine = this.#live
    mine.catch(() => {
      if (this.#live === mine) this.#live = undefined
    })
    return mine
  }

  /** Configuration, credentials or numbers have changed: the next call sees it, without any restart. */
  rebuild(): void {
    this.#live = undefined
    forgetVersion(this)
  }

  /** Whoever stores something in it makes it a part of the product. */
  override $create(more: { readonly context?: string | null } = {}): ObjectRecord {
    return super.$create({ context: more.context ?? this.product })
  }

  /** URL of the product that it belongs to; null where the worker has none. */
  get product(): string | null {
    return this.env.SaaS === undefined ? null : new URL('/saas/main', this.$id).href
  }

  summary(): Promise<TenantSummary> {
    return summaryOf(this)
  }

  overview(): Promise<TenantOverview> {
    return overviewOf(this)
  }

  note(who: Who, what: string, details?: string): void {
    this.audit.insert({ who, what, ...(details === undefined ? {} : { details }) })
  }

  now(): string {
    return new Date(this.clock.now()).toISOString()
  }
}

/** The Tenant class over these adapters: `export const Tenant = tenantClass(defineProviders({ sms: {…}, telephony: {…} }))`. */
export function tenantClass(adapters: Providers<TenantCatalogue>): new (ctx: ObjectContext, env: Environment) => Tenant {
  return class extends Tenant {
    // The base constructor may already need it, so it is no field.
    get adapters() {
      return adapters
    }
  }
}
