import type { Json } from '@do/core'
import { totalsOf } from './overview.ts'
import type { Tenant } from './tenant.ts'
import { shown } from './shown.ts'

export type ChangeKind = 'message' | 'call' | 'purchase' | 'number' | 'intent' | 'provider' | 'audit' | 'tenant'

export interface Change {
  readonly kind: ChangeKind
  readonly record: Json
}

/** Tells the directory what has changed. Best effort: whoever missed it reads the tenant again. */
export interface ChangeFeed {
  push(kind: ChangeKind, record: Json): void
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
    push: (kind, record) => {
      if (tenant.env.Directory === undefined) return
      waiting.push({ kind, record })
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
  const body = JSON.stringify({ summary: await totalsOf(tenant), changes: views })
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
