import type { Reconciliation } from '@do/books'
import { type Json, problem, type RequestContext } from '@do/core/full'
import { reportCsv } from '@do/ledger/exchange'
import {
  agedClearing,
  agedReceivables,
  balanceSheet,
  cashFlow,
  type Interval,
  profitAndLoss,
  type Report,
  trialBalance,
} from '@do/ledger/reports'
import { ProviderError } from '@do/provider'
import { whoOf } from '../tenant/access.ts'
import { readConfig } from '../tenant/config.ts'
import { shownAction } from '../tenant/shown.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { booksOf, ledgerOf } from './ledger.ts'
import { plain } from './wire.ts'

const name = 'bookkeeping'

type Asked = { readonly provider: string }

/** Reads the provider's own ledger, books it and compares: a durable action, so that a crash only delays it. */
export function defineBookkeeping(tenant: Tenant): void {
  tenant.$actions.define<Asked>(name, {
    retries: { attempts: 10, backoffMs: 1_000, maxBackoffMs: 3_600_000 },
    timeoutMs: 300_000,
    run: ({ provider }, step) => step.do('reconcile', () => reconcileBooks(tenant, provider), { sideEffect: 'idempotent' }),
  })
}

const stateKey = (provider: string) => `books/${provider}`

export async function reconcileBooks(tenant: Tenant, provider: string): Promise<Json> {
  const { payments } = await tenant.live()
  let found: Reconciliation
  try {
    found = await booksOf(tenant, provider).reconcile(payments)
  } catch (error) {
    // It has no ledger that could be read, today or tomorrow: nothing to try again.
    if (ProviderError.is(error) && error.code === 'unsupported') return { ok: null, unsupported: true }
    throw error
  }
  const shown = plain({ ...found, items: found.items.slice(0, 500), at: tenant.now() })
  tenant.transaction(() => {
    tenant.state.set(stateKey(provider), shown)
    if (!found.ok) tenant.note('runtime', 'books.differ', provider)
  })
  return plain({ ok: found.ok, counts: found.counts, balances: found.balances })
}

/** The last comparison with this provider. */
export function lastReconciliation(tenant: Tenant, provider: string): (Reconciliation & { readonly at: string }) | undefined {
  return tenant.state.get<Reconciliation & { at: string }>(stateKey(provider))
}

export function bookRoutes(tenant: Tenant): void {
  const providers = () => readConfig(tenant).payments?.order ?? []

  /** Reconciles with one provider, or with each. */
  tenant.route('POST', '/books/reconciliations', async (context) => {
    const wanted = context.url.searchParams.get('provider')
    const all = wanted === null ? providers() : [wanted]
    if (all.length === 0 || !all.every((one) => providers().includes(one)))
      throw problem(404, 'not_found', 'This tenant has no such payments provider.', { field: 'provider' })
    const runs = all.map((provider) => tenant.$.do(name, { provider }).id)
    tenant.note(whoOf(context), 'books.reconcile', all.join(', '))
    const shown = runs.flatMap((id) => tenant.$actions.get(id) ?? []).map(shownAction)
    return Response.json({ items: shown }, { status: 202 })
  })
  tenant.route('GET', '/books/reconciliations', () => ({
    items: providers().flatMap((provider) => lastReconciliation(tenant, provider) ?? []),
  }))

  tenant.route('GET', '/books/accounts', () => ({ items: plain(ledgerOf(tenant).accounts.list()) }))
  tenant.route('GET', '/books/entries', ({ url }) => {
    const after = Number(url.searchParams.get('after') ?? 0)
    const limit = Number(url.searchParams.get('limit') ?? 100)
    if (!Number.isSafeInteger(after) || !Number.isInteger(limit) || limit < 1 || limit > 500)
      throw problem(400, 'invalid_limit', '"after" must be a sequence number, "limit" 1 to 500.', { field: 'limit' })
    return { items: plain(ledgerOf(tenant).entries({ after, limit })) }
  })
  tenant.route('GET', '/books/verification', () => plain(ledgerOf(tenant).verify()))
  tenant.route('GET', '/books/:report', (context) => answer(tenant, context))
}

const day = /^\d{4}-\d{2}-\d{2}$/

/** `?from=&to=` (days, default this year so far), `every=month`, `compare=previous`, `currency=EUR`, `format=csv`. */
function answer(tenant: Tenant, { params, url }: RequestContext): Response {
  const today = tenant.now().slice(0, 10)
  const to = url.searchParams.get('to') ?? today
  const from = url.searchParams.get('from') ?? `${to.slice(0, 4)}-01-01`
  if (!day.test(from) || !day.test(to) || from > to)
    throw problem(400, 'invalid_period', '"from" and "to" must be days such as 2026-11-21, in order.', { field: 'from' })
  const report = reportOf(tenant, params.report as string, {
    from,
    to,
    ...text(url, 'every', ['day', 'week', 'month', 'quarter', 'year']),
    ...text(url, 'compare', ['previous', 'year-before']),
    ...(url.searchParams.has('currency') ? { currency: url.searchParams.get('currency') } : {}),
  })
  if (url.searchParams.get('format') !== 'csv') return Response.json(plain(report))
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${report.name}.csv"`,
  }
  return new Response(reportCsv(report), { headers })
}

function text(url: URL, field: string, allowed: readonly string[]): Record<string, string> {
  const value = url.searchParams.get(field)
  if (value === null) return {}
  if (!allowed.includes(value))
    throw problem(400, 'invalid_report', `"${field}" must be one of ${allowed.join(', ')}.`, { field })
  return { [field]: value }
}

type Options = { readonly from: string; readonly to: string; readonly every?: Interval }

const reports: Readonly<Record<string, (tenant: Tenant, options: Options) => Report>> = {
  'balance-sheet': (tenant, { from: _, ...options }) => balanceSheet(ledgerOf(tenant), options),
  'profit-and-loss': (tenant, options) => profitAndLoss(ledgerOf(tenant), options),
  'cash-flow': (tenant, options) => cashFlow(ledgerOf(tenant), options),
  'trial-balance': (tenant, options) => trialBalance(ledgerOf(tenant), options),
  'aged-receivables': (tenant, { to }) => agedReceivables(ledgerOf(tenant), { at: to }),
  'aged-clearing': (tenant, { to }) => agedClearing(ledgerOf(tenant), { at: to }),
}

export function reportOf(tenant: Tenant, report: string, options: Options): Report {
  const make = Object.hasOwn(reports, report) ? reports[report] : undefined
  if (make === undefined)
    throw problem(404, 'not_found', `There is no report "${report}". There are: ${Object.keys(reports).join(', ')}.`)
  return make(tenant, options)
}
