import { notFound, problem } from '@do/core/full'
import { type Call, type CallStatus, laterCallStatus, telephony } from '@do/telephony'
import { checked } from './checked.ts'
import { applyEarlyEvents } from './hooks.ts'
import { filterOf, pageOf } from './paging.ts'
import type { CallRecord, Stored } from './records.ts'
import { checkScript } from './script.ts'
import type { Tenant } from './tenant.ts'
import { type Deed, keyOf, opened, undertake, viewOf, withStatus } from './undertaking.ts'

/** A call that is wanted once. */
export const callDeed: Deed<CallRecord, Call> = {
  operation: 'telephony.calls.make',
  books: ({ calls }) => calls,
  perform: (live, { asked, script }, options) => {
    const { to, from, timeout, record } = asked as Asked
    return live.telephony.calls.make(
      {
        to,
        flow: { steps: [...script.flow.steps] },
        ...(from === undefined ? {} : { from }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(record === undefined ? {} : { record }),
      },
      options,
    )
  },
  done: (record, call) => ({
    handle: call.id,
    provider: call.id.split(':', 1)[0] as string,
    from: call.from,
    status: isReported(record.status) ? laterCallStatus(record.status, call.status) : call.status,
  }),
  after: (tenant, _, call) => applyEarlyEvents(tenant, call.id),
}

const isReported = (status: CallRecord['status']): status is CallStatus =>
  status !== 'pending' && status !== 'unknown' && status !== 'failed'

interface Asked {
  readonly to: string
  readonly from?: string
  readonly timeout?: number
  readonly record?: boolean
}

export function callRoutes(tenant: Tenant): void {
  tenant.route('POST', '/calls', async (context) => {
    const given = await context.json()
    if (typeof given !== 'object' || given === null)
      throw problem(422, 'invalid_input', 'The call must be an object with "to" and "script".')
    const { script: written, ...rest } = given as { script?: unknown }
    const script = checkScript(written)
    const { to, from, timeout, record } = checked(telephony.operations.calls.make.input, { ...rest, flow: script.flow })
    const asked: Asked = {
      to,
      ...(from === undefined ? {} : { from }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(record === undefined ? {} : { record }),
    }
    const opening = opened<CallRecord>(tenant.calls, {
      ...asked,
      key: keyOf(context),
      asked: { ...asked, script },
      direction: 'outbound',
      status: 'pending',
      script,
      path: [],
      digits: [],
      recordings: [],
      trail: [],
      history: [{ status: 'pending', at: tenant.now() }],
    })
    context.vars.location = `/t/${tenant.$name}/calls/${opening.record.$id}`
    const made = opening.record.handle === undefined ? await undertake(tenant, callDeed, opening.record) : opening.record
    return Response.json(viewOf(made), { status: opening.isNew ? 201 : 200 })
  })

  tenant.route('GET', '/calls', ({ url }) => {
    const page = tenant.calls.list({ ...pageOf(url), where: filterOf(url, ['direction', 'status']) })
    return { ...page, items: page.items.map(viewOf) }
  })

  tenant.route('GET', '/calls/:id', ({ params }) => viewOf(callOf(tenant, params.id as string)))

  tenant.route('POST', '/calls/:id/end', async ({ params }) => {
    const record = callOf(tenant, params.id as string)
    const call = await (await tenant.live()).telephony.calls.end(handleOf(record))
    const known = callOf(tenant, record.$id)
    const status = isReported(known.status) ? laterCallStatus(known.status, call.status) : call.status
    const updated = tenant.calls.update(record.$id, withStatus(tenant, known, status))
    return viewOf(updated)
  })

  tenant.route('GET', '/calls/:id/recordings', async ({ params }) => {
    const { items } = await (await tenant.live()).telephony.calls
      .recordings({ id: handleOf(callOf(tenant, params.id as string)) })
      .page()
    return { items: items.map(({ raw: _, ...recording }) => recording) }
  })
}

function callOf(tenant: Tenant, id: string): Stored<CallRecord> {
  const record = tenant.calls.get(id)
  if (record === undefined) throw notFound(`Call "${id}"`)
  return record
}

function handleOf({ handle }: CallRecord): string {
  if (handle === undefined) throw problem(409, 'not_made', 'No provider has this call yet. Wait until its status is known.')
  return handle
}
