import { refuse } from './errors.ts'
import type { Instance } from './interface.ts'

/**
 * Fits `from` to one provider: a given sender must be one of the provider's own, and without one the same recipient
 * always gets the same sender, so that a conversation keeps its number.
 */
export function withSender<Input extends { readonly to: string; readonly from?: string | undefined }>(
  input: Input,
  { name, senders }: Instance,
): Input {
  if (senders.length === 0) return input
  if (input.from === undefined) return { ...input, from: senders[spread(input.to) % senders.length] }
  if (senders.includes(input.from)) return input
  throw refuse('sender_not_owned', `"${name}" may not send from this sender. Use one of its senders, or add it to them.`, {
    field: 'from',
    provider: name,
    elsewhere: true,
  })
}

/** FNV-1a: spreads recipients evenly, the same everywhere and for ever. */
function spread(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
