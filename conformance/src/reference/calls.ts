import { HttpResponse, http, type RequestHandler } from 'msw'
import type { Account, StoredCall, StoredRecording } from './account.ts'
import { authorised, notFound, once, pageOf, problem, time } from './answers.ts'
import { endCall, runFlow, startRecording, stepsIn } from './call-run.ts'

export function callHandlers(account: Account): RequestHandler[] {
  const find = (id: unknown) => account.calls.find((call) => call.id === id)
  const live = (call: StoredCall) => call.endedAt === undefined
  return [
    http.post(
      '*/v1/calls',
      async ({ request }) => authorised(account, request) ?? once(account, request, (body) => take(account, body)),
    ),
    http.get('*/v1/calls', ({ request }) => {
      const url = new URL(request.url)
      const wanted = (name: string) => url.searchParams.get(name)
      const fits = (call: StoredCall) =>
        (['to', 'from', 'status', 'reference'] as const).every((name) => wanted(name) === null || call[name] === wanted(name))
      return authorised(account, request) ?? pageOf(account, url, account.calls.filter(fits), shownCall)
    }),
    http.get('*/v1/calls/:id', ({ request, params }) => {
      const call = find(params.id)
      return authorised(account, request) ?? (call === undefined ? notFound() : HttpResponse.json(shownCall(call)))
    }),
    http.post('*/v1/calls/:id/flow', async ({ request, params }) => {
      const refused = authorised(account, request)
      if (refused !== undefined) return refused
      const call = find(params.id)
      if (call === undefined) return notFound()
      if (!live(call)) return problem(409, 'call_ended', 'The call has ended.')
      const steps = stepsIn(await request.json())
      if (steps === undefined) return problem(422, 'bad_flow', 'The flow cannot be read.', 'flow')
      call.steps = steps
      delete call.waiting
      if (call.status === 'in-progress') await runFlow(account, call)
      return HttpResponse.json(shownCall(call))
    }),
    http.post('*/v1/calls/:id/end', async ({ request, params }) => {
      const refused = authorised(account, request)
      if (refused !== undefined) return refused
      const call = find(params.id)
      if (call === undefined) return notFound()
      if (live(call)) await endCall(account, call, 'completed')
      return HttpResponse.json(shownCall(call))
    }),
    http.post('*/v1/calls/:id/recordings', ({ request, params }) => {
      const refused = authorised(account, request)
      if (refused !== undefined) return refused
      const call = find(params.id)
      if (call === undefined) return notFound()
      if (call.status !== 'in-progress') return problem(409, 'call_ended', 'The call is not live.')
      return HttpResponse.json(shownRecording(startRecording(account, call)), { status: 201 })
    }),
    http.get('*/v1/calls/:id/recordings', ({ request, params }) => {
      const of = account.recordings.filter(({ call }) => call === params.id)
      return authorised(account, request) ?? pageOf(account, new URL(request.url), of, shownRecording)
    }),
  ]
}

function take(account: Account, body: Record<string, unknown>): object | Response {
  const { to, from, reference, webhook_url: webhookUrl } = body as Record<string, string | undefined>
  if (to === undefined || !/^\+[1-9]\d{6,14}$/.test(to)) return problem(422, 'bad_recipient', 'The recipient is no number.', 'to')
  if (from === undefined || !account.numbers.some(({ number }) => number === from)) {
    return problem(422, 'bad_sender', 'The sender is not yours.', 'from')
  }
  const steps = stepsIn(body)
  if (steps === undefined) return problem(422, 'bad_flow', 'The flow cannot be read.', 'flow')
  const call: StoredCall = {
    id: `call_${account.random.hex(16)}`,
    direction: 'outbound',
    to,
    from,
    createdAt: account.clock.now(),
    heard: [],
    status: 'queued',
    steps,
    ...(reference === undefined ? {} : { reference }),
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
  }
  account.calls.push(call)
  if (body.record === true) startRecording(account, call)
  return shownCall(call)
}

export function shownCall(call: StoredCall): object {
  const { id, direction, to, from, reference, status, createdAt, answeredAt, endedAt } = call
  return {
    ...{ id, direction, to, from, reference, status },
    created_at: time(createdAt),
    answered_at: time(answeredAt),
    ended_at: time(endedAt),
    ...(endedAt === undefined || answeredAt === undefined
      ? {}
      : { seconds: Math.round((endedAt - answeredAt) / 1000), price: { amount: '0.0100', currency: 'USD' } }),
  }
}

export function shownRecording({ id, call, status, seconds, createdAt }: StoredRecording): object {
  const url = status === 'completed' ? `https://media.memory.example/${id}.wav` : undefined
  return { id, call, status, seconds, url, created_at: time(createdAt) }
}
