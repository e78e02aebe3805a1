import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import type { Handle } from './handle.ts'

/**
 * `open`: nothing is under way; every earlier attempt provably had no effect.
 * `dispatched`: written before the request went out; whoever finds it without knowing the answer must reconcile, not send.
 * `unknown`: the attempt has ended and nobody can tell yet whether the vendor acted.
 * `done`: it happened once; `output` is the answer for every repetition.
 */
export type IntentState = 'open' | 'dispatched' | 'unknown' | 'done'

/** An attempt of which nobody knows whether it acted. */
type Doubt = Pick<Intent, 'provider' | 'sent' | 'since' | 'until'>

/** What somebody wants to happen once. Plain JSON but for amounts (bigint): stores that keep text use `intentToJson`. */
export interface Intent {
  /** `<interface>.<operation>/<idempotency key>`. */
  readonly key: string
  /** Dotted, with the interface: `sms.send`, `telephony.calls.make`. */
  readonly operation: string
  /** SHA-256 of the validated input: the same key with another input is refused. */
  readonly fingerprint: string
  /** The validated input, needed to find by content what a lost answer created. */
  readonly input: unknown
  /** The input as it was fitted to `provider` (for example with the sender that was picked). */
  readonly sent?: unknown
  /** Our short reference at the vendor. */
  readonly reference: string
  readonly state: IntentState
  /** The provider instance it was last dispatched to. */
  readonly provider?: string | undefined
  /** Epoch milliseconds of the dispatch. */
  readonly since?: number | undefined
  /** Epoch milliseconds by which the attempt has ended on our side, whatever happened. */
  readonly until?: number | undefined
  readonly attempts: number
  /** Under `duplicate-ok`: earlier attempts elsewhere that may have acted too. */
  readonly doubts?: readonly Doubt[] | undefined
  /** What it made, once known. */
  readonly handle?: Handle | undefined
  readonly output?: unknown
  readonly createdAt: number
  readonly updatedAt: number
  /** Grows with every save; `save` is refused for an older one. */
  readonly version: number
}

/**
 * Where intents are written before anything is sent. Safety rests on this: a store that is shared by several processes
 * must make `begin` and `save` atomic and durable before they resolve.
 */
export interface IntentStore {
  /** Stores the intent unless its key is known; answers what is stored now. */
  begin(intent: Intent): Promise<{ readonly intent: Intent; readonly created: boolean }>
  /** Replaces the intent if the stored version is `intent.version - 1`; false when somebody else was faster. */
  save(intent: Intent): Promise<boolean>
  get(key: string): Promise<Intent | undefined>
  /** The key of the intent that made this thing. */
  owner(handle: Handle): Promise<string | undefined>
  /** Those `dispatched` and `unknown`, oldest first: to be reconciled after a restart. */
  unresolved(): Promise<readonly Intent[]>
}

export interface MemoryIntentOptions {
  readonly clock?: Clock
  /** How long finished intents are kept, in milliseconds. Default 24 h. Unresolved ones are never dropped. */
  readonly retentionMs?: number
  /** How many finished intents are kept. Default 10,000. */
  readonly capacity?: number
}

const prompt = new WeakSet<IntentStore>()

/** A store that can neither hang nor fail needs no time bound, which would cost a timer for each question. */
export function answersAtOnce(store: IntentStore): boolean {
  return prompt.has(store)
}

/** Intents in this process only: enough to repeat a call safely, not enough to survive a crash. */
export function memoryIntents(options: MemoryIntentOptions = {}): IntentStore {
  const { clock = systemClock, retentionMs = 86_400_000, capacity = 10_000 } = options
  const intents = new Map<string, Intent>()
  const owners = new Map<Handle, string>()
  let forgetAt = 0

  // In batches: deleting the oldest entry of a Map at every call would make each walk skip the holes of the earlier ones.
  const forget = () => {
    if (Math.max(intents.size, owners.size) < capacity * 1.25 && clock.now() < forgetAt) return
    forgetAt = clock.now() + retentionMs / 24
    for (const handle of owners.keys()) {
      if (owners.size <= capacity) break
      owners.delete(handle)
    }
    for (const [key, intent] of intents) {
      const old = clock.now() - intent.updatedAt > retentionMs
      if (!old && intents.size <= capacity) return
      if (intent.state !== 'done' && intent.state !== 'open') continue
      intents.delete(key)
      if (intent.handle !== undefined) owners.delete(intent.handle)
    }
  }

  const store: IntentStore = {
    async begin(intent) {
      const known = intents.get(intent.key)
      if (known !== undefined && clock.now() - known.updatedAt <= retentionMs) return { intent: known, created: false }
      if (known !== undefined && known.state !== 'done' && known.state !== 'open') return { intent: known, created: false }
      if (known?.handle !== undefined) owners.delete(known.handle)
      intents.delete(intent.key)
      intents.set(intent.key, intent)
      forget()
      return { intent, created: true }
    },
    async save(intent) {
      const known = intents.get(intent.key)
      if (known?.version !== intent.version - 1) return false
      if (intent.handle !== undefined) owners.set(intent.handle, intent.key)
      // Answered at its first try, and under a key that nobody was told: only what it made is worth remembering.
      const closed = intent.state === 'done' && known.state === 'dispatched' && intent.fingerprint === ''
      if (closed) intents.delete(intent.key)
      else intents.set(intent.key, intent)
      return true
    },
    get: async (key) => intents.get(key),
    owner: async (handle) => owners.get(handle),
    unresolved: async () =>
      [...intents.values()]
        .filter(({ state }) => state === 'dispatched' || state === 'unknown')
        .sort((a, b) => a.createdAt - b.createdAt),
  }
  prompt.add(store)
  return store
}
