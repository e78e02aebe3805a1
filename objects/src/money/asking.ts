import type { RequestContext } from '@do/core/full'
import { ProviderError } from '@do/provider'
import { checked } from '../tenant/checked.ts'
import type { Stored } from '../tenant/records.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { type Deed, keyOf, opened, undertake, viewOf, type Wanted } from '../tenant/undertaking.ts'
import { plain } from './wire.ts'

type Fresh<R> = Omit<R, 'key' | 'asked' | 'status' | 'trail' | 'history'>

/** The interface's own schema judges the input; what is kept of it is plain JSON, with amounts as texts. */
export const askedOf = (schema: Parameters<typeof checked>[0], given: unknown) => plain(checked(schema as never, given))

/** Opens a record for what is wanted once, and does it. */
export async function wantOnce<R extends Wanted, Output>(
  tenant: Tenant,
  deed: Deed<R, Output>,
  books: Parameters<typeof opened<R>>[0],
  wish: { readonly key: string; readonly asked: unknown; readonly fresh: Fresh<R> },
): Promise<{ readonly record: Stored<R>; readonly isNew: boolean }> {
  const { key, asked, fresh } = wish
  const at = tenant.now()
  const draft = { ...fresh, key, asked, status: 'pending', trail: [], history: [{ status: 'pending', at }] } as unknown as R
  const { record, isNew } = opened<R>(books, draft)
  const done = record.handle === undefined ? await undertake(tenant, deed, record) : record
  // A declined payment exists at the vendor: under its key it stays declined.
  if (done.error !== undefined && done.status === 'failed')
    throw new ProviderError({ ...done.error, handle: done.handle as string })
  return { record: done, isNew }
}

/** The same for a request, with the caller's idempotency key. */
export async function answerOnce<R extends Wanted, Output>(
  tenant: Tenant,
  context: RequestContext,
  path: string,
  deed: Deed<R, Output>,
  books: Parameters<typeof opened<R>>[0],
  wish: { readonly asked: unknown; readonly fresh: Fresh<R> },
): Promise<Response> {
  const { record, isNew } = await wantOnce(tenant, deed, books, { ...wish, key: keyOf(context) })
  context.vars.location = `/t/${tenant.$name}/${path}/${record.$id}`
  return Response.json(viewOf(record), { status: isNew ? 201 : 200 })
}
