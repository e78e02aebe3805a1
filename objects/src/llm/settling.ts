import { insertMany } from '@do/core/bulk'
import { ProviderError } from '@do/provider'
import type { Tenant } from '../tenant/tenant.ts'
import { giveBack } from './minutes.ts'
import type { AnswerRecord } from './records.ts'
import { budgetOf } from './spending.ts'
import type { Settled, Settlement } from './wire.ts'

/** Writes down how requests ended: what they cost, and one record for each. Told twice, it is written once. */
export function settle(tenant: Tenant, { answers, leases }: Settlement): void {
  if (!tenant.$exists) return
  tenant.transaction(() => {
    for (const { id, microUsd, unused } of leases) {
      budgetOf(tenant).settle(id, microUsd)
      giveBack(tenant, id, unused)
    }
    record(tenant, answers)
  })
}

/** All with one statement. One by one only where some of them are there already: it was told before, and the answer to that got lost. */
function record(tenant: Tenant, answers: readonly Settled[]): void {
  const named = answers.map((answer) => ({ ...recordOf(answer), $id: answer.id }))
  try {
    insertMany(tenant.answers, named)
  } catch (error) {
    if (!ProviderError.is(error) || error.code !== 'already_exists') throw error
    for (const { $id: id, ...answer } of named) if (tenant.answers.get(id) === undefined) tenant.answers.insert(answer, { id })
  }
}

const statuses = { done: 'done', none: 'failed', unknown: 'broken' } as const

function recordOf({ ask, route, outcome, microUsd, ms }: Settled): AnswerRecord {
  const { effect, finish, provider, model, usage, trail } = outcome
  return {
    operation: ask.operation,
    asked: ask.model,
    streamed: ask.streamed,
    route,
    status: statuses[effect],
    finish,
    microUsd,
    trail,
    ms,
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(usage === undefined ? {} : { usage }),
  }
}
