import { type Handle, parseHandle } from '../handle.ts'
import type { Intent } from '../intent.ts'
import type { Engine } from './policy.ts'
import { cleared } from './settle.ts'

/** What a vendor has told, without being asked, of an intent: the thing that it made, or that it made nothing. */
export type Told = { readonly effect: 'done'; readonly value: { readonly id: Handle } } | { readonly effect: 'none' }

/** Settles the intent that carries the reference at this provider instance by what its vendor told. */
export async function settleTold(
  { policy }: Engine,
  provider: string,
  reference: string,
  tell: (intent: Intent) => Told | undefined,
): Promise<Intent | undefined> {
  const { intents, clock } = policy
  for (;;) {
    const intent = (await intents.unresolved()).find((one) => one.reference === reference && one.provider === provider)
    if (intent === undefined) return undefined
    const told = tell(intent)
    if (told === undefined) return undefined
    // Of something else than it was sent to: a mistake, which must not settle anything.
    if (told.effect === 'done' && parseHandle(told.value.id).provider !== provider) return undefined
    // Its own answer is on its way, and says more of a refusal.
    if (told.effect === 'none' && intent.state === 'dispatched' && clock.now() < (intent.until ?? 0)) return undefined
    const settled: Intent =
      told.effect === 'none' ? cleared(intent) : { ...intent, state: 'done', output: told.value, handle: told.value.id }
    const next: Intent = { ...settled, updatedAt: clock.now(), version: intent.version + 1 }
    // Who was faster may have written no more than that nobody knows.
    if (await intents.save(next)) return next
  }
}
