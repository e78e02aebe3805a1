import { insufficientQuota } from '@do/gateway'
import type { Tenant } from '../tenant/tenant.ts'
import type { ModelSettings } from './settings.ts'

const ddl = `CREATE TABLE IF NOT EXISTS llm_spending (period TEXT PRIMARY KEY, micro_usd INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS llm_reservations (
  id TEXT PRIMARY KEY, micro_usd INTEGER NOT NULL, expires_at INTEGER NOT NULL, settled INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS llm_reservations_time ON llm_reservations (expires_at);
CREATE INDEX IF NOT EXISTS llm_reservations_open ON llm_reservations (expires_at, micro_usd) WHERE settled = 0`

/** Longer than any answer may take: whoever has not settled by then is dead, and what it reserved counts no more. */
const reservedMs = 660_000
/** So long is it known that a reservation was settled, whoever says so again. */
const rememberedMs = 86_400_000

const opened = new WeakSet<Tenant>()

function sql(tenant: Tenant) {
  const { sql: database } = tenant.ctx.storage
  if (!opened.has(tenant)) {
    database.exec(ddl)
    opened.add(tenant)
  }
  return database
}

/** The day and the month of now, in UTC. */
const periodsOf = (now: number) => {
  const day = new Date(now).toISOString().slice(0, 10)
  return { day, month: day.slice(0, 7) }
}

/** What a tenant has spent and reserved, in millionths of a US dollar. */
export interface Spending {
  readonly day: number
  readonly month: number
  /** For requests that are under way. */
  readonly reserved: number
}

export function spendingOf(tenant: Tenant): Spending {
  const now = tenant.clock.now()
  const { day, month } = periodsOf(now)
  const rows = sql(tenant).exec<{ period: string; micro_usd: number }>(
    'SELECT * FROM llm_spending WHERE period IN (?, ?)',
    day,
    month,
  )
  const spent = new Map([...rows].map(({ period, micro_usd }) => [period, micro_usd]))
  const open = 'SELECT coalesce(sum(micro_usd), 0) AS sum FROM llm_reservations WHERE expires_at > ? AND settled = 0'
  const reserved = sql(tenant).exec<{ sum: number }>(open, now).one().sum
  return { day: spent.get(day) ?? 0, month: spent.get(month) ?? 0, reserved }
}

/**
 * Sets aside the most that a request may cost, before it is asked. Everything of a tenant passes through its one object, so the sum of
 * what is spent and set aside never exceeds the budget, however many isolates answer.
 * @throws GatewayRefusal `insufficient_quota`
 */
export function reserve(tenant: Tenant, microUsd: number, budget: ModelSettings['budget'] = {}): string {
  const id = crypto.randomUUID()
  return tenant.transaction(() => {
    const { day, month, reserved } = spendingOf(tenant)
    for (const [period, spent, limit] of [
      ['day', day, budget.day],
      ['month', month, budget.month],
    ] as const) {
      if (limit === undefined || spent + reserved + microUsd <= limit) continue
      throw insufficientQuota(
        `The budget of this ${period} does not reach: ${dollars(limit)} of which ${dollars(spent)} are spent and ${dollars(reserved)} reserved; this request may cost ${dollars(microUsd)}. Name a smaller limit of output tokens, take a cheaper model, or raise the budget.`,
      )
    }
    const now = tenant.clock.now()
    sql(tenant).exec('DELETE FROM llm_reservations WHERE expires_at < ?', now - rememberedMs)
    sql(tenant).exec('INSERT INTO llm_reservations VALUES (?, ?, ?, 0)', id, microUsd, now + reservedMs)
    return id
  })
}

/** Counts what it cost indeed, and frees the rest. Says whether it did: the second time it is news to nobody. */
export function settle(tenant: Tenant, id: string, microUsd: number): boolean {
  return tenant.transaction(() => {
    const query = 'UPDATE llm_reservations SET settled = 1 WHERE id = ? AND settled = 0 RETURNING id'
    if ([...sql(tenant).exec(query, id)].length === 0) return false
    const { day, month } = periodsOf(tenant.clock.now())
    const add =
      'INSERT INTO llm_spending VALUES (?, ?) ON CONFLICT (period) DO UPDATE SET micro_usd = micro_usd + excluded.micro_usd'
    if (microUsd > 0) for (const period of [day, month]) sql(tenant).exec(add, period, microUsd)
    return true
  })
}

const dollars = (microUsd: number) => `${(microUsd / 1e6).toFixed(6)} USD`
