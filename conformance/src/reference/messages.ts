import { consentIn, segments } from '@do/sms'
import { HttpResponse, http, type RequestHandler } from 'msw'
import type { Account, StoredMessage } from './account.ts'
import { iso } from './account.ts'
import { authorised, notFound, once, pageOf, problem } from './answers.ts'

export function messageHandlers(account: Account): RequestHandler[] {
  const find = (id: unknown) => account.messages.find((message) => message.id === id)
  return [
    http.post(
      '*/v1/messages',
      async ({ request }) => authorised(account, request) ?? once(account, request, (body) => take(account, body)),
    ),
    http.get('*/v1/messages', ({ request }) => {
      const url = new URL(request.url)
      const wanted = (name: 'to' | 'from' | 'reference') => url.searchParams.get(name)
      const fits = (message: StoredMessage) =>
        (['to', 'from', 'reference'] as const).every((name) => wanted(name) === null || message[name] === wanted(name))
      return authorised(account, request) ?? pageOf(account, url, account.messages.filter(fits), shown)
    }),
    http.get('*/v1/messages/:id', ({ request, params }) => {
      const message = find(params.id)
      return authorised(account, request) ?? (message === undefined ? notFound() : HttpResponse.json(shown(message)))
    }),
    http.post('*/v1/messages/:id/cancel', ({ request, params }) => {
      const refused = authorised(account, request)
      if (refused !== undefined) return refused
      const message = find(params.id)
      if (message === undefined) return notFound()
      if (message.status !== 'scheduled' && message.status !== 'canceled') {
        return problem(409, 'already_sent', 'The message has been sent.')
      }
      message.status = 'canceled'
      return HttpResponse.json(shown(message))
    }),
  ]
}

function take(account: Account, body: Record<string, unknown>): object | Response {
  const {
    to,
    from,
    text = '',
    media = [],
    send_at: sendAt,
    reference,
    webhook_url: webhookUrl,
  } = body as Record<string, string | undefined> & {
    media?: string[]
  }
  if (to === undefined || !/^\+[1-9]\d{6,14}$/.test(to)) return problem(422, 'bad_recipient', 'The recipient is no number.', 'to')
  const own = account.numbers.some(({ number }) => number === from)
  if (from === undefined || !(own || /[A-Za-z]/.test(from))) return problem(422, 'bad_sender', 'The sender is not yours.', 'from')
  if (account.optedOut.has(to)) return problem(422, 'opted_out', 'The recipient does not want messages.', 'to')
  if ([...text].length > 1600) return problem(422, 'too_long', 'The text is too long.', 'text')
  const now = account.clock.now()
  const message: StoredMessage = {
    id: `msg_${account.random.hex(16)}`,
    direction: 'outbound',
    to,
    from,
    text,
    media,
    status: sendAt === undefined ? 'queued' : 'scheduled',
    createdAt: now,
    ...(sendAt === undefined ? {} : { sendAt }),
    ...(reference === undefined ? {} : { reference }),
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
  }
  account.messages.push(message)
  return shown(message)
}

/** A message as the vendor's API shows it. */
export function shown(message: StoredMessage): object {
  const { createdAt, webhookUrl: _, ...rest } = message
  return {
    ...rest,
    segments: Math.max(1, segments(message.text).count),
    price: { amount: (0.008 * Math.max(1, segments(message.text).count)).toFixed(4), currency: 'USD' },
    created_at: iso(createdAt),
  }
}

export async function deliver(
  account: Account,
  id: string,
  status: 'sent' | 'delivered' | 'undelivered' | 'failed',
): Promise<void> {
  const message = account.messages.find((candidate) => candidate.id === id)
  if (message === undefined) throw new Error(`The twin has no message "${id}".`)
  const order = ['scheduled', 'queued', 'sent', 'delivered', 'undelivered', 'failed', 'canceled']
  // A late report does not change what the vendor already knows.
  if (order.indexOf(status) > order.indexOf(message.status)) message.status = status
  const error = status === 'undelivered' || status === 'failed' ? 'unreachable' : undefined
  if (error !== undefined) message.error = error
  const { to, from, reference } = message
  await account.notify(message.webhookUrl, 'message.status', { id, to, from, status, error, reference })
}

export async function inbound(
  account: Account,
  given: { from: string; to: string; body: string; media: readonly string[] },
): Promise<string> {
  const { from, to, body, media } = given
  const id = `msg_${account.random.hex(16)}`
  const createdAt = account.clock.now()
  account.messages.push({ id, direction: 'inbound', from, to, text: body, media, status: 'received', createdAt })
  const consent = consentIn(body)
  if (consent === 'stop') account.optedOut.add(from)
  if (consent === 'start') account.optedOut.delete(from)
  await account.notify(undefined, 'message.received', { id, from, to, text: body, media })
  return id
}
