import { ProviderError, type TrailEntry } from '@do/provider'
import type { Answer } from './answer.ts'
import { type Asking, askChain, lastWord, mayMoveOn } from './ask-chain.ts'
import type { Question } from './open-answer.ts'
import { placesOf } from './plan.ts'
import { GatewayRefusal } from './refusal.ts'
import { restreamed } from './restreamed.ts'

/**
 * Asks as `askChain` does and reads the answer to its end before any of it is sent. So a stream that breaks off is made good by the
 * next of the chain, from its beginning; where there is but one place to ask, by asking it once more.
 */
export async function askWhole(question: Question, asking: Asking): Promise<Answer> {
  const places = [...(await placesOf(asking.llm, asking.chain))]
  const isAlone = places.length === 1
  const until = asking.clock.now() + asking.deadline
  const before: TrailEntry[] = []
  const errors: ProviderError[] = []
  let refusal: unknown
  for (let place = places.shift(); place !== undefined; place = places.shift()) {
    try {
      const deadline = Math.max(1, until - asking.clock.now())
      return await wholeOf(restreamed(await askChain(question, { ...asking, chain: [place], deadline }), question), before)
    } catch (error) {
      if (GatewayRefusal.is(error)) {
        // What cannot be translated for this one may be relayed to another.
        refusal = error
        continue
      }
      if (!ProviderError.is(error)) throw error
      const broke = error.code === 'stream_interrupted'
      before.push(...error.trail)
      errors.push(broke ? error.with({ effect: 'none' }) : error)
      if (!broke && !mayMoveOn(error)) break
      if (broke && isAlone && errors.length === 1) places.push(place)
    }
  }
  if (errors.length === 0) throw refusal
  // What broke off was made, and is billed.
  const wasMade = before.some(({ code }) => code === 'stream_interrupted')
  throw lastWord(errors).with({ trail: before, effect: wasMade ? 'unknown' : 'none' })
}

async function wholeOf(answer: Answer, before: readonly TrailEntry[]): Promise<Answer> {
  const chunks: Uint8Array[] = []
  for (let chunk = await answer.next(); chunk !== undefined; chunk = await answer.next()) chunks.push(chunk)
  const { provider, model, contentType, headers, end } = answer
  return {
    provider,
    model,
    contentType,
    headers,
    end,
    trail: [...before, ...answer.trail],
    next: async () => chunks.shift(),
    stop: () => {},
  }
}
