import type { ActionDetails, Run, Schedule } from '@do/core/full'
import { healthOf } from '@do/provider'
import { type InterfaceName, interfaces, readConfig, vaultOf } from './config.ts'
import type { AuditRecord, CallRecord, MessageRecord, NumberRecord, Stored, Undertaking } from './records.ts'
import type { Tenant } from './tenant.ts'

export function shownMessage(m: Stored<MessageRecord>) {
  const { direction, to, from, segments, encoding, status, failure, provider, trail, error, reconciled } = m
  return {
    id: m.$id,
    direction,
    to,
    from,
    segments,
    encoding,
    media: m.media?.length ?? 0,
    status,
    failure,
    provider,
    trail,
    error,
    reconciled,
    createdAt: m.$createdAt,
    updatedAt: m.$updatedAt,
  }
}

export function shownCall(c: Stored<CallRecord>) {
  const { direction, to, from, status, provider, trail, error, reconciled, durationSeconds } = c
  const digits = c.digits.join('').length
  return {
    id: c.$id,
    direction,
    to,
    from,
    status,
    provider,
    trail,
    error,
    reconciled,
    durationSeconds,
    digits,
    recordings: c.recordings.length,
    createdAt: c.$createdAt,
    updatedAt: c.$updatedAt,
  }
}

export function shownNumber(n: Stored<NumberRecord>) {
  return {
    id: n.handle,
    number: n.number,
    provider: n.provider,
    features: n.features,
    label: n.label,
    status: n.status,
  }
}

export function shownAudit(a: Stored<AuditRecord>) {
  return { id: a.$id, at: a.$createdAt, who: a.who, what: a.what, details: a.details }
}

const iso = (at: number | null | undefined) => (at === null || at === undefined ? undefined : new Date(at).toISOString())

/** A durable action with its steps; never its input or what it answered. */
export function shownAction({ id, name, state, attempts, waitsFor, error, steps, createdAt, updatedAt }: ActionDetails) {
  return {
    id,
    name,
    state,
    attempts,
    waitsFor,
    error,
    steps: steps.map((step) => ({ name: step.name, kind: step.kind, state: step.state, attempts: step.attempts })),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  }
}

/** A schedule with its next run and the last one; never its payload. */
export function shownSchedule({ name, text, state, nextAt, handler }: Schedule, last: Run | undefined) {
  return {
    id: name,
    text,
    handler: handler ?? undefined,
    state,
    nextAt: iso(nextAt),
    last: last && { due: iso(last.due), state: last.state, reason: last.reason, caughtUp: last.caughtUp },
  }
}

/** Each configured instance of each interface, in order, with its credential and breaker. */
export async function shownProviders(tenant: Tenant): Promise<readonly ({ readonly id: string } & Record<string, unknown>)[]> {
  const settings = readConfig(tenant)
  const held = new Set(await (await vaultOf(tenant)).instances(tenant.$name))
  const live = await tenant.live().catch(() => undefined)
  const rows = []
  for (const name of interfaces) {
    const order = settings[name]?.order ?? []
    const health = live?.interfaces.includes(name) ? await healthOf(live[name]).catch(() => []) : []
    for (const [index, instance] of order.entries()) {
      const { read = 'closed', write = 'closed', vendor = instance } = health.find((member) => member.name === instance) ?? {}
      rows.push({
        id: `${name}/${instance}`,
        name: instance,
        vendor,
        interface: name,
        order: index + 1,
        credential: held.has(instance) ? 'set' : 'missing',
        breaker: [write, read].find((mode) => mode === 'open') ?? [write, read].find((mode) => mode === 'half-open') ?? 'closed',
        breakers: { read, write },
        lastFault: lastFault(tenant, name, instance),
      })
    }
  }
  return rows
}

/** The newest fault of this provider, as the trails of the last records tell. */
function lastFault(tenant: Tenant, name: InterfaceName, instance: string): { code: string; at: string } | undefined {
  const newest = { orderBy: '$createdAt', descending: true, limit: 20 } as const
  const outbound = { ...newest, where: { direction: 'outbound' } }
  const books = {
    sms: () => tenant.messages.list(outbound),
    telephony: () => tenant.calls.list(outbound),
    payments: () => tenant.payments.list(newest),
    llm: () => tenant.answers.list(newest),
  }
  const { items } = books[name]()
  for (const { trail } of items as readonly Undertaking[]) {
    const entry = trail.findLast(
      ({ provider, action, effect }) => provider === instance && action === 'attempt' && effect !== 'done',
    )
    if (entry?.code !== undefined) return { code: entry.code, at: new Date(entry.at).toISOString() }
  }
  return undefined
}
