import { readConfig } from '../tenant/config.ts'
import type { Stored } from '../tenant/records.ts'
import type { Tenant } from '../tenant/tenant.ts'
import type { AnswerRecord } from './records.ts'
import { spendingOf } from './spending.ts'

/** A request to a language model as the API and the page show it. It holds no word of what was said. */
export function shownAnswer({ $id, $version, $createdAt, $updatedAt, ...record }: Stored<AnswerRecord>) {
  return { id: $id, ...record, createdAt: $createdAt, updatedAt: $updatedAt }
}

/** What was spent today and this month, what is reserved, and what may be spent. */
export const shownSpending = (tenant: Tenant) => ({ ...spendingOf(tenant), budget: readConfig(tenant).models?.budget ?? {} })
