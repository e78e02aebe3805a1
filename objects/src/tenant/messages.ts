import { notFound, problem, type RequestContext } from '@do/core/full'
import { ProviderError } from '@do/provider'
import { laterStatus, type Message, type MessageStatus, type SendInput, segments, sms } from '@do/sms'
import { checked } from './checked.ts'
import { applyEarlyEvents } from './hooks.ts'
import { filterOf, pageOf } from './paging.ts'
import type { MessageRecord, Stored } from './records.ts'
import type { Tenant } from './tenant.ts'
import { type Deed, keyOf, opened, undertake, viewOf } from './undertaking.ts'

/** A message that is wanted once. */
export const messageDeed: Deed<MessageRecord, Message> = {
  operation: 'sms.send',
  books: ({ messages }) => messages,
  perform: (live, record, options) => live.sms.send(record.asked as SendInput, options),
  done: (record, message) => ({
    handle: message.id,
    provider: message.id.split(':', 1)[0] as string,
    ...(message.from === undefined ? {} : { from: message.from }),
    status: isReported(record.status) ? laterStatus(record.status, message.status) : message.status,
    ...(message.segments === undefined ? {} : { segments: message.segments }),
  }),
  after: (tenant, _, message) => applyEarlyEvents(tenant, message.id),
}

const isReported = (status: MessageRecord['status']): status is MessageStatus =>
  status !== 'pending' && status !== 'unknown' && status !== 'failed'

const most = 1_000

export function messageRoutes(tenant: Tenant): void {
  tenant.route('POST', '/messages', async (context) => {
    return sendOne(tenant, context, check(await context.json()))
  })

  tenant.route('POST', '/messages/bulk', async (context) => {
    const body = await context.json()
    const messages = typeof body === 'object' && body !== null && 'messages' in body ? body.messages : undefined
    if (!Array.isArray(messages) || messages.length === 0 || messages.length > most) {
      throw problem(422, 'invalid_input', `"messages" must be a list of 1 to ${most} messages.`, { field: 'messages' })
    }
    return sendMany(tenant, messages, keyOf(context))
  })

  tenant.route('GET', '/messages', ({ url }) => {
    const page = tenant.messages.list({ ...pageOf(url), where: filterOf(url, ['direction', 'status', 'to']) })
    return { ...page, items: page.items.map(viewOf) }
  })

  tenant.route('GET', '/messages/:id', ({ params }) => viewOf(messageOf(tenant, params.id as string)))

  /** Answers a message from the number it came in on. */
  tenant.route('POST', '/messages/:id/reply', async (context) => {
    const asked = messageOf(tenant, context.params.id as string)
    if (asked.direction !== 'inbound' || asked.from === undefined) {
      throw problem(409, 'not_inbound', 'Only a message that came in can be answered. Send a new one instead.')
    }
    const given = await context.json()
    const body = typeof given === 'object' && given !== null ? given : {}
    const input = check({ ...body, to: asked.from, from: asked.to })
    return sendOne(tenant, context, input, asked.$id)
  })

  tenant.route('POST', '/messages/:id/cancel', async ({ params }) => {
    const record = messageOf(tenant, params.id as string)
    if (record.handle === undefined)
      throw problem(409, 'not_sent', 'No provider has this message, so there is nothing to cancel.')
    const message = await (await tenant.live()).sms.cancel(record.handle)
    const updated = tenant.messages.update(record.$id, { status: message.status })
    return viewOf(updated)
  })
}

async function sendOne(tenant: Tenant, context: RequestContext, input: SendInput, replyTo?: string): Promise<Response> {
  const { record, isNew } = open(tenant, input, keyOf(context), replyTo)
  const path = `/t/${tenant.$name}/messages/${record.$id}`
  context.vars.location = path
  const sent = record.handle === undefined ? await undertake(tenant, messageDeed, record) : record
  return Response.json(viewOf(sent), { status: isNew ? 201 : 200 })
}

/** For what the tenant does by itself: the same key sends nothing twice. */
export async function sendMessage(tenant: Tenant, input: SendInput, key: string): Promise<Stored<MessageRecord>> {
  const { record } = open(tenant, check(input), key)
  return record.handle === undefined ? undertake(tenant, messageDeed, record) : record
}

function open(tenant: Tenant, input: SendInput, key: string, replyTo?: string) {
  const { encoding, count } = segments(input.body ?? '')
  return opened<MessageRecord>(tenant.messages, {
    key,
    asked: input,
    direction: 'outbound',
    to: input.to,
    ...(input.from === undefined ? {} : { from: input.from }),
    body: input.body ?? '',
    ...(input.media === undefined ? {} : { media: input.media }),
    ...(input.sendAt === undefined ? {} : { sendAt: input.sendAt }),
    status: 'pending',
    segments: count,
    encoding,
    trail: [],
    history: [{ status: 'pending', at: tenant.now() }],
    ...(replyTo === undefined ? {} : { replyTo }),
  })
}

/** One result for each message, in order; a failed one does not stop the others. Message i has the key `<key>/<i>`. */
async function sendMany(tenant: Tenant, messages: readonly unknown[], key: string) {
  const results: object[] = []
  const counts = { sent: 0, failed: 0, unknown: 0 }
  let next = 0
  const worker = async () => {
    while (next < messages.length) {
      const index = next++
      const result = await sendInBulk(tenant, messages[index], `${key}/${index}`)
      results[index] = { index, ...result }
      counts[result.outcome] += 1
    }
  }
  // The platform keeps six connections open at most.
  await Promise.all(Array.from({ length: Math.min(6, messages.length) }, worker))
  return { key, total: messages.length, ...counts, results }
}

async function sendInBulk(tenant: Tenant, given: unknown, key: string) {
  try {
    const { record } = open(tenant, check(given), key)
    const sent = record.handle === undefined ? await undertake(tenant, messageDeed, record) : record
    return { outcome: 'sent' as const, to: sent.to, message: viewOf(sent) }
  } catch (error) {
    // A bug is no result: it goes up, and the whole call with it.
    const { code, field, message } = error as { code?: string; field?: string; message: string }
    if (code === undefined) throw error
    const outcome = ProviderError.is(error) && error.effect === 'unknown' ? ('unknown' as const) : ('failed' as const)
    return { outcome, error: { code, message, ...(field === undefined ? {} : { field }) } }
  }
}

const check = (given: unknown): SendInput => checked(sms.operations.send.input, given)

function messageOf(tenant: Tenant, id: string): Stored<MessageRecord> {
  const record = tenant.messages.get(id)
  if (record === undefined) throw notFound(`Message "${id}"`)
  return record
}
