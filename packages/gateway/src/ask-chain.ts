import type { Llm } from '@do/llm'
import type { Clock } from '@do/provider'
import { ProviderError, type TrailEntry } from '@do/provider'
import type { Answer } from './answer.ts'
import type { Translated } from './language.ts'
import { openRelay, openTranslated, type Question } from './open-answer.ts'
import { linksOf } from './plan.ts'

interface Asking {
  readonly llm: Llm
  readonly chain: readonly string[]
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Total time, all attempts together, in milliseconds. */
  readonly deadline: number
  /** Held back until it is whole: then another provider may take over at any point. */
  readonly hold: boolean
}

/** How the chain is asked: by at most two calls. */
interface Plan {
  readonly relay: readonly string[]
  readonly translate: readonly string[]
  readonly translated: Translated | undefined
}

/**
 * Asks the chain in its order: by relay up to the first model that must be translated, and from there on by translation. The second
 * call is made only when nobody of the first has put out anything, and for a reason that another provider may not share.
 * @throws GatewayRefusal where all must be translated and something would be lost; ProviderError with the whole trail.
 */
export async function askChain(question: Question, { llm, chain, signal, clock, deadline, hold }: Asking): Promise<Answer> {
  const { relay, translate, translated } = await planOf(question, llm, chain)
  const until = clock.now() + deadline
  const commit = hold ? ({ commit: 'whole' } as const) : {}
  const before: TrailEntry[] = []
  let first: ProviderError | undefined
  if (relay.length > 0) {
    try {
      return await openRelay(llm, relay, question, { signal, deadline, ...commit }, [])
    } catch (error) {
      // With the time used up, another call would only be made to be broken off.
      if (!ProviderError.is(error) || translated === undefined || !mayMoveOn(error) || clock.now() >= until) throw error
      first = error
      before.push(...error.trail)
    }
  }
  const options = { signal, deadline: until - clock.now(), ...commit }
  try {
    return await openTranslated(llm, translate, translated as Translated, question, options, before)
  } catch (error) {
    if (first === undefined || !ProviderError.is(error)) throw error
    throw lastWord([first, error]).with({ trail: [...before, ...error.trail] })
  }
}

async function planOf({ language, body }: Question, llm: Llm, chain: readonly string[]): Promise<Plan> {
  if (language.isForeign(body)) return { relay: [], translate: chain, translated: language.translate(body) }
  const links = await linksOf(llm, chain, language.wire, body)
  const models = links.map(({ model }) => model)
  const at = links.findIndex(({ relays }) => !relays)
  if (at === -1) return { relay: models, translate: [], translated: undefined }
  try {
    const translated = language.translate(body)
    // The kernel skips the first that does not relay. It is there so that nobody before it is taken for the last, who gets a second chance.
    return { relay: at === 0 ? [] : models.slice(0, at + 1), translate: models.slice(at), translated }
  } catch (refusal) {
    const relaying = links.filter(({ relays }) => relays).map(({ model }) => model)
    if (relaying.length === 0) throw refusal
    return { relay: relaying, translate: [], translated: undefined }
  }
}

const movable: ReadonlySet<string> = new Set(['quota', 'credential', 'provider', 'network'])

/** As the kernel decides within a call. */
const mayMoveOn = ({ code, fault, effect, elsewhere }: ProviderError): boolean =>
  effect === 'none' && (elsewhere || code === 'no_provider_left' || movable.has(fault))

/** What was said by somebody who was asked tells more than why others were not. */
function lastWord(errors: readonly ProviderError[]): ProviderError {
  const asked = errors.filter(({ trail }) => trail.some(({ action }) => action === 'attempt'))
  const telling = asked.length > 0 ? asked : errors
  const last = telling.at(-1) as ProviderError
  if (!mayMoveOn(last) || telling.every(({ code }) => code === last.code)) return last
  const waits = telling.flatMap(({ retryAfterMs }) => (retryAfterMs === undefined ? [] : [retryAfterMs]))
  return new ProviderError({
    effect: 'none',
    fault: last.fault,
    code: 'no_provider_left',
    message: 'No provider of the chain could do it, and none acted. The trail says why for each.',
    ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
  })
}
