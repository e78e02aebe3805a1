import type { LlmTwin } from '../llm-twin.ts'
import type { PaymentsTwin } from '../payments-twin.ts'
import type { FaultControl, SmsTwin, TelephonyTwin, Twin } from '../twin.ts'
import { llmPair } from './pair-llm.ts'
import { paymentsPair } from './pair-payments.ts'

/**
 * Two accounts as one oracle, for a wrapper over two providers: effects are counted over both, a single fault meets the
 * first (which is asked first), a standing fault meets both. Build the second provider with `pair.second.fetch`.
 */
export type Pair<T extends Twin> = T & { readonly first: T; readonly second: T }

/** Both twins must share one clock: `acmeTwin({ clock: first.clock })`. */
export function pair<T extends LlmTwin>(first: T, second: T): Pair<LlmTwin>
export function pair<T extends PaymentsTwin>(first: T, second: T): Pair<PaymentsTwin>
export function pair<T extends SmsTwin & TelephonyTwin>(first: T, second: T): Pair<SmsTwin & TelephonyTwin>
export function pair(first: Twin, second: Twin): Twin {
  if (first.clock !== second.clock) throw new TypeError('The two twins of a pair must share one clock.')
  return {
    ...common(first, second),
    ...(isLlm(first) && isLlm(second) ? llmPair(first, second) : {}),
    ...(isPayments(first) && isPayments(second) ? paymentsPair(first, second) : {}),
    ...(isMessaging(first) && isMessaging(second) ? messagingPair(first, second) : {}),
  }
}

const isLlm = (twin: Twin): twin is LlmTwin => 'breakStream' in twin
const isPayments = (twin: Twin): twin is PaymentsTwin => 'payoutBySchedule' in twin
const isMessaging = (twin: Twin): twin is SmsTwin & TelephonyTwin => 'sender' in twin

function common(first: Twin, second: Twin): Twin & { readonly first: Twin; readonly second: Twin } {
  const both = [first, second]
  const faults: FaultControl = {
    next: (fault, match) => first.faults.next(fault, match),
    always: (fault, match) => both.forEach((twin) => void twin.faults.always(fault, match)),
    clear: () => both.forEach((twin) => void twin.faults.clear()),
  }
  return {
    first,
    second,
    vendor: first.vendor,
    baseUrl: first.baseUrl,
    fetch: first.fetch,
    clock: first.clock,
    faults,
    ...(first.webhookUrl === undefined ? {} : { webhookUrl: first.webhookUrl }),
    ...(first.signsTime === undefined ? {} : { signsTime: first.signsTime }),
    secrets: both.flatMap((twin) => twin.secrets ?? []),
    requests: () => both.flatMap((twin) => twin.requests()),
    connect: (receiver) => both.forEach((twin) => void twin.connect(receiver)),
    nextWebhook: (fault) => first.nextWebhook(fault),
    reset: () => both.forEach((twin) => void twin.reset()),
  }
}

type Messaging = SmsTwin & TelephonyTwin

function messagingPair(first: Messaging, second: Messaging): Omit<Messaging, keyof Twin> {
  const both = [first, second]
  /** Whose call or message this is. */
  const owner = (things: (twin: Messaging) => readonly { readonly id: string }[], id: string) =>
    both.find((twin) => things(twin).some((thing) => thing.id === id)) ?? first
  const sent = (twin: Messaging) => twin.sent()
  const calls = (twin: Messaging) => twin.calls()
  return {
    sender: first.sender,
    caller: first.caller,
    sent: () => both.flatMap(sent).sort((a, b) => a.at - b.at),
    deliver: (id, outcome) => owner(sent, id).deliver(id, outcome),
    inbound: (message) => first.inbound(message),
    unknownEvent: () => first.unknownEvent(),
    optOut: (number) => first.optOut(number),
    owned: () => both.flatMap((twin) => twin.owned()),
    purchases: () => both.flatMap((twin) => twin.purchases()),
    calls: () => both.flatMap(calls).sort((a, b) => a.at - b.at),
    answer: (id) => owner(calls, id).answer(id),
    miss: (id, how) => owner(calls, id).miss(id, how),
    press: (id, digits) => owner(calls, id).press(id, digits),
    finishRecording: (id) => owner(calls, id).finishRecording(id),
    hangup: (id) => owner(calls, id).hangup(id),
    incoming: (call) => first.incoming(call),
  }
}
