import type { LlmTwin } from '../llm-twin.ts'
import type { Twin } from '../twin.ts'
import { inOrder } from './order.ts'

/**
 * Two accounts that answer, as one. Both know the script, since either may be asked; a stream that breaks is the first's; a refusal
 * is about the request, so both would refuse it.
 */
export function llmPair(first: LlmTwin, second: LlmTwin): Omit<LlmTwin, keyof Twin> {
  const both = [first, second]
  const all = <T extends object>(what: (twin: LlmTwin) => readonly T[]) => inOrder(both.flatMap((twin) => [...what(twin)]))
  return {
    models: first.models,
    ...(first.signs === undefined ? {} : { signs: first.signs }),
    ...(first.countsCacheWrites === undefined ? {} : { countsCacheWrites: first.countsCacheWrites }),
    say: (...answers) => both.forEach((twin) => void twin.say(...answers)),
    asked: () => all((twin) => twin.asked()),
    generated: () => all((twin) => twin.generated()),
    breakStream: (fault) => first.breakStream(fault),
    refuseNext: (refusal) => both.forEach((twin) => void twin.refuseNext(refusal)),
    wire: (style) => both.forEach((twin) => void twin.wire(style)),
  }
}
