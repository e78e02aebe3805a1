import { totalsOf } from './overview.ts'
import type { AuditRecord, CallRecord, MessageRecord, NumberRecord, PurchaseRecord, Stored } from './records.ts'
import { shown } from './shown.ts'
import type { Tenant } from './tenant.ts'

/** What can change, and the record that says how it is now. */
export interface Changing {
  readonly message: Stored<MessageRecord>
  readonly call: Stored<CallRecord>
  readonly purchase: Stored<PurchaseRecord>
  readonly number: Stored<NumberRecord> & { readonly gone?: boolean }
  readonly audit: Stored<AuditRecord>
  /** Configuration or credentials: all providers are shown anew. */
  readonly provider: undefined
  readonly tenant: undefined
}

export type ChangeKind = keyof Changing
export type Change = { [Kind in ChangeKind]: { readonly kind: Kind; readonly record: Changing[Kind] } }[ChangeKind]

/** Tells the directory what has changed. Best effort: whoever missed it reads the tenant again. */
export interface ChangeFeed {
  push(change: Change): void
}

/**
 * Changes are gathered while one request is under way, so a burst of messages costs the tenant a few requests, not one
 * each. The order of changes is kept.
 */
export function changeFeed(tenant: Tenant): ChangeFeed {
  let waiting: Change[] = []
  let pushing = false

  const drain = async () => {
    // What is written in this turn is gathered first.
    await Promise.resolve()
    while (waiting.length > 0) {
      const changes = waiting
      waiting = []
      await send(tenant, changes)
    }
  }

  return {
    push: (change) => {
      if (tenant.env.Directory === undefined) return
      waiting.push(change)
      if (pushing) return
      pushing = true
      tenant.ctx.waitUntil(
        drain()
          .catch(() => {})
          .finally(() => {
            pushing = false
          }),
      )
    },
  }
}

async function send(tenant: Tenant, changes: readonly Change[]): Promise<void> {
  const { Directory: directory, OPERATOR_TOKEN: token } = tenant.env
  if (directory === undefined || token === undefined) return
  const views = (await Promise.all(changes.map((change) => shown(tenant, change)))).flat()
  const { providers, ...summary } = await totalsOf(tenant)
  const body = JSON.stringify({ summary, changes: [...views, ...providers.map((record) => ({ kind: 'provider', record }))] })
  // A change that nobody received is no loss of data.
  await directory
    .get(directory.idFromName('main'))
    .fetch(
      new Request(`https://directory/directory/main/changes/${encodeURIComponent(tenant.$name)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
      }),
    )
    .then((response) => response.body?.cancel())
    .catch(() => {})
}
