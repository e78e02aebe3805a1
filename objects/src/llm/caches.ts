import { type AnswerCache, type CachedAnswer, memoryCache } from '@do/gateway'
import { type Clock, systemClock } from '@do/provider'

/** An isolate has 128 MB for everything, however many tenants it serves. */
const maxBytes = 24_000_000
/** The longest that a tenant may wish for. */
const ttlMs = 86_400_000

/**
 * Answers of all tenants of an isolate in one memory, where the oldest go first. Each tenant has its own time for them, and sees only
 * those of one version of its setup: the keys hold the tenant already.
 */
export function answerCaches(clock: Clock = systemClock): (version: string, ttlMs: number) => AnswerCache {
  const all = memoryCache({ maxBytes, ttlMs, clock })
  const until = new WeakMap<CachedAnswer, number>()
  return (version, own) => ({
    async get(key) {
      const found = await all.get(`${version}.${key}`)
      return found !== undefined && (until.get(found) ?? 0) > clock.now() ? found : undefined
    },
    put(key, answer) {
      until.set(answer, clock.now() + own)
      return all.put(`${version}.${key}`, answer)
    },
  })
}
