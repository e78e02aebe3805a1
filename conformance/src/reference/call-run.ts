import type { FlowStep } from '@do/telephony'
import type { Heard } from '../twin.ts'
import type { Account, StoredCall, StoredRecording } from './account.ts'

const verbs = new Set(['say', 'play', 'gather', 'dial', 'conference', 'record', 'pause', 'redirect', 'reject', 'hangup'])

/** The steps in a body, or undefined when there is one that the vendor does not know. */
export function stepsIn(body: unknown): readonly FlowStep[] | undefined {
  const { flow } = body as { flow?: { steps?: unknown } }
  const steps = Array.isArray(flow?.steps) ? (flow.steps as FlowStep[]) : []
  return steps.length > 0 && steps.every(({ verb }) => verbs.has(verb)) ? steps : undefined
}

/** Runs the flow until it waits for the person, hands the call over, or is through. */
export async function runFlow(account: Account, call: StoredCall): Promise<void> {
  while (call.steps.length > 0 && call.waiting === undefined && call.endedAt === undefined) {
    const [step, ...rest] = call.steps as [FlowStep, ...FlowStep[]]
    call.steps = rest
    call.heard.push(...experienced(step))
    if (step.verb === 'gather') call.waiting = 'digits'
    if (step.verb === 'record') {
      startRecording(account, call)
      call.waiting = 'recording'
    }
    if (step.verb === 'hangup') await endCall(account, call, 'completed')
    if (step.verb === 'reject') await endCall(account, call, step.reason === 'busy' ? 'busy' : 'failed')
  }
}

function experienced(step: FlowStep): Heard[] {
  switch (step.verb) {
    case 'say':
      return Array.from({ length: step.loop ?? 1 }, () => ({ verb: 'say', text: step.text }))
    case 'play':
      return Array.from({ length: step.loop ?? 1 }, () => ({ verb: 'play', url: step.url }))
    case 'gather': {
      const prompt = step.prompt?.[0]
      const said = prompt?.verb === 'say' ? { prompt: prompt.text } : prompt?.verb === 'play' ? { prompt: prompt.url } : {}
      return [{ verb: 'gather', ...said, ...(step.digits === undefined ? {} : { digits: step.digits }) }]
    }
    case 'dial':
      return [{ verb: 'dial', to: step.to }]
    case 'conference':
      return [{ verb: 'conference', name: step.name }]
    case 'pause':
      return [{ verb: 'pause', seconds: step.seconds }]
    case 'redirect':
      return [{ verb: 'redirect', url: step.url }]
    case 'reject':
      return [{ verb: 'reject', reason: step.reason ?? 'rejected' }]
    case 'record':
    case 'hangup':
      return [{ verb: step.verb }]
  }
}

/** Takes the flow that the receiver answered, if it answered one. */
export async function takeAnswer(call: StoredCall, response: Response): Promise<void> {
  if (!response.ok) return
  const text = await response.text()
  if (text === '') return
  call.steps = stepsIn(JSON.parse(text)) ?? call.steps
}

export function startRecording(account: Account, call: StoredCall): StoredRecording {
  const recording: StoredRecording = {
    id: `rec_${account.random.hex(16)}`,
    call: call.id,
    createdAt: account.clock.now(),
    status: 'in-progress',
  }
  account.recordings.push(recording)
  return recording
}

export async function endCall(
  account: Account,
  call: StoredCall,
  status: 'completed' | 'busy' | 'no-answer' | 'failed',
): Promise<void> {
  call.status = status
  call.endedAt = account.clock.now()
  call.steps = []
  delete call.waiting
  await notifyCall(account, call, 'call.status', {})
}

export function notifyCall(account: Account, call: StoredCall, type: string, more: object): Promise<Response> {
  const { id, to, from, status, direction, reference, answeredAt, endedAt } = call
  const seconds = answeredAt !== undefined && endedAt !== undefined ? Math.round((endedAt - answeredAt) / 1000) : undefined
  return account.notify(call.webhookUrl, type, { id, to, from, status, direction, reference, seconds, ...more })
}

function of(account: Account, id: string): StoredCall {
  const call = account.calls.find((candidate) => candidate.id === id)
  if (call === undefined) throw new Error(`The twin has no call "${id}".`)
  return call
}

export async function answer(account: Account, id: string): Promise<void> {
  const call = of(account, id)
  call.status = 'in-progress'
  call.answeredAt = account.clock.now()
  await notifyCall(account, call, 'call.status', {})
  await runFlow(account, call)
}

export async function press(account: Account, id: string, digits: string): Promise<void> {
  const call = of(account, id)
  if (call.waiting !== 'digits') throw new Error('The call does not gather digits now.')
  delete call.waiting
  const response = await notifyCall(account, call, 'call.gathered', { digits, reason: digits === '' ? 'timeout' : 'digits' })
  await takeAnswer(call, response)
  await runFlow(account, call)
}

export async function finishRecording(account: Account, id: string): Promise<void> {
  const call = of(account, id)
  const recording = account.recordings.find((candidate) => candidate.call === id && candidate.status === 'in-progress')
  if (recording === undefined) throw new Error('The call is not being recorded.')
  recording.status = 'completed'
  recording.seconds = 7
  const url = `https://media.memory.example/${recording.id}.wav`
  await notifyCall(account, call, 'call.recorded', { recording: recording.id, seconds: 7, url })
  if (call.waiting !== 'recording') return
  delete call.waiting
  await runFlow(account, call)
}

export async function incoming(account: Account, from: string, to: string): Promise<string> {
  const call: StoredCall = {
    id: `call_${account.random.hex(16)}`,
    direction: 'inbound',
    to,
    from,
    createdAt: account.clock.now(),
    heard: [],
    status: 'ringing',
    steps: [],
  }
  account.calls.push(call)
  await takeAnswer(call, await notifyCall(account, call, 'call.incoming', {}))
  if (call.steps.length > 0 && call.steps[0]?.verb !== 'reject') {
    call.status = 'in-progress'
    call.answeredAt = account.clock.now()
  }
  await runFlow(account, call)
  return call.id
}

export { endCall as hangUp, of as callOf }
