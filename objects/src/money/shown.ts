import { cellText, decimal, linesOf, type Report } from '@do/ledger/reports'
import { isoExponent } from '@do/payments'
import type { WireMoney } from '@do/provider'
import { readConfig } from '../tenant/config.ts'
import type { Stored } from '../tenant/records.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { lastReconciliation, reportOf } from './bookkeeping.ts'
import type { DisputeRecord, MovementRecord, PaymentRecord, SellerRecord } from './records.ts'

/** `12.50 EUR`. */
export const amountText = ({ amount, currency }: WireMoney): string =>
  `${decimal(BigInt(amount), isoExponent(currency))} ${currency}`

const partOf = ({ currency }: WireMoney, amount: string | undefined) =>
  amount === undefined || amount === '0' ? undefined : amountText({ amount, currency })

/** A payment: how much and how it went, never by whom. */
export function shownPayment(p: Stored<PaymentRecord>) {
  const { status, failure, provider, trail, error, reconciled, amount } = p
  return {
    id: p.$id,
    amount: amountText(amount),
    captured: partOf(amount, p.captured),
    refunded: partOf(amount, p.refunded),
    waits: p.action?.type,
    status,
    failure,
    provider,
    trail,
    error,
    reconciled,
    createdAt: p.$createdAt,
    updatedAt: p.$updatedAt,
  }
}

export function shownMovement(m: Stored<MovementRecord>) {
  const { kind, status, provider, trail, error, reconciled } = m
  const amount = m.amount === undefined ? undefined : amountText(m.amount)
  return { id: m.$id, kind, amount, status, provider, trail, error, reconciled, createdAt: m.$createdAt }
}

export function shownDispute(d: Stored<DisputeRecord>) {
  const { status, reason, respondBy, amount } = d
  return { id: d.$id, amount: amountText(amount), status, reason, respondBy, createdAt: d.$createdAt, updatedAt: d.$updatedAt }
}

export function shownSeller(s: Stored<SellerRecord>) {
  const { status, provider, chargesEnabled, payoutsEnabled, disabledReason, country } = s
  const requirements = s.requirements.map(({ code, state }) => ({ code, state }))
  return {
    id: s.$id,
    country,
    status,
    provider,
    chargesEnabled,
    payoutsEnabled,
    requirements,
    disabledReason,
    updatedAt: s.$updatedAt,
  }
}

/** A report as the lines of a table, amounts as texts. */
export function shownReport(report: Report) {
  const lines = linesOf(report).map((line, index) =>
    line.kind === 'heading'
      ? { id: `${index}`, heading: line.title }
      : {
          id: `${index}`,
          name: line.row.texts[0] ?? '',
          depth: line.row.depth,
          total: line.row.kind === 'total',
          currency: line.row.currency,
          cells: report.columns.map((_, column) => cellText(report, line.row, column, 'grouped')),
        },
  )
  return {
    title: report.title,
    subtitle: report.subtitle,
    columns: report.columns.map(({ title }) => title),
    lines,
    notes: report.notes,
  }
}

/** What the chart of profit and loss is drawn from: one bar of each kind for each month, in whole units. */
function chartOf(report: Report) {
  const rows = [...report.sections.flatMap(({ totals }) => totals), ...report.summary].filter(({ kind }) => kind === 'total')
  const busiest = rows
    .map(({ currency, cells }) => ({
      currency,
      weight: cells.reduce<bigint>((sum, cell = 0n) => sum + (cell < 0n ? -cell : cell), 0n),
    }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))[0]
  if (busiest === undefined) return undefined
  const { currency } = busiest
  const series = rows
    .filter((row) => row.currency === currency)
    .map(({ texts, cells }) => ({
      name: texts[0] ?? '',
      values: cells.map((cell = 0n) => Number(decimal(cell, report.exponents[currency] ?? 2))),
    }))
  return { currency, months: report.columns.map(({ title }) => title), series }
}

/** The books of a tenant that takes payments; null for one that does not. */
export function shownBooks(tenant: Tenant) {
  const providers = readConfig(tenant).payments?.order
  if (providers === undefined) return null
  const to = tenant.now().slice(0, 10)
  const start = new Date(Date.UTC(Number(to.slice(0, 4)), Number(to.slice(5, 7)) - 6, 1)).toISOString().slice(0, 10)
  const monthly = reportOf(tenant, 'profit-and-loss', { from: start, to, every: 'month' })
  return {
    balanceSheet: shownReport(reportOf(tenant, 'balance-sheet', { from: start, to })),
    profitAndLoss: shownReport(monthly),
    chart: chartOf(monthly),
    reconciliations: providers.flatMap((provider) => {
      const found = lastReconciliation(tenant, provider)
      if (found === undefined) return []
      const { ok, at, counts, balances, items } = found
      const text = (amount: unknown, currency: string) => amountText({ amount: String(amount), currency })
      return {
        id: provider,
        ok,
        at,
        counts,
        balances: balances.map((one) => ({
          currency: one.currency,
          provider: text(one.provider, one.currency),
          books: text(one.books, one.currency),
          equal: String(one.provider) === String(one.books),
        })),
        items: items.slice(0, 50).map((one) => ({
          id: `${one.item} ${one.currency}`,
          finding: one.finding,
          item: one.item,
          booked: text(one.booked, one.currency),
          provided: text(one.provided, one.currency),
          ageDays: one.ageDays,
        })),
      }
    }),
  }
}
