import type { Book } from './book.ts'
import { type Sealable, seal } from './chain.ts'
import type { Checked } from './check.ts'
import type { Head } from './head.ts'
import type { Limits } from './limits.ts'
import { checkOpen, type ResolvedLine, resolveLines } from './resolve.ts'

/** An entry as it is written. */
export interface Posting extends Sealable {
  readonly checked: Checked
  readonly lines: readonly ResolvedLine[]
  readonly hash: string
}

/** Where an entry comes from. */
export interface Origin {
  readonly key?: { readonly key: string; readonly request: string | null } | undefined
  readonly reverses?: number
  readonly hold?: number
  readonly draft?: number
}

/** The end of the chain, as the entries of one transaction make it longer. */
export interface End {
  sequence: number
  recordedAt: number
  hash: string
}

export function endOf({ sequence, recordedAt, hash }: Pick<Head, 'sequence' | 'recordedAt' | 'hash'>, now: number): End {
  // Recorded time never goes back, whatever the clock does: what was known at an instant is then a first part of the book.
  return { sequence, recordedAt: Math.max(recordedAt, now), hash }
}

/** Checks an entry against the books and gives it its place in the chain. Nothing is written yet. */
export function makePosting(
  book: Book,
  head: Pick<Head, 'version' | 'locked'>,
  end: End,
  limits: Limits,
  checked: Checked,
  { key, reverses, hold, draft }: Origin,
  at = '',
): Posting {
  checkOpen(checked.day, head.locked, at)
  const lines = limits.post(resolveLines(book.chart(head.version), checked, at), at)
  const unsealed: Sealable = {
    sequence: end.sequence + 1,
    day: checked.day,
    recordedAt: end.recordedAt,
    description: checked.description,
    key: key?.key ?? null,
    request: key?.request ?? null,
    reverses: reverses ?? null,
    hold: hold ?? null,
    draft: draft ?? null,
    metadataText: checked.metadataText,
    lines,
  }
  const hash = seal(end.hash, unsealed)
  end.sequence += 1
  end.hash = hash
  return { ...unsealed, checked, lines, hash }
}
