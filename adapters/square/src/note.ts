import { refuse } from '@do/provider'

/**
 * Square has no metadata on payments, refunds, customers and subscriptions. What the merchant wants kept, and our reference,
 * make up the last line of the text that it does have: a note that people can still read.
 */
interface Kept {
  /** Our reference. */
  readonly do?: string | undefined
  /** The merchant's. */
  readonly ref?: string | undefined
  readonly meta?: Readonly<Record<string, string>> | undefined
  /** The card that a customer's subscriptions and invoices are charged to. */
  readonly card?: string | undefined
}

const mark = '{"do":'
/** Longest of ours. */
export const anyReference = `do-${'0'.repeat(32)}`
export const isOurs = (text: string | null | undefined) => /^do-[0-9a-f]{32}$/.test(text ?? '')

/** The text as it is where nothing else is to be kept; never so that it could be taken for our line. */
export function pack(text: string | null | undefined, kept: Kept): string | undefined {
  const given = text || undefined
  const { ref, meta, card } = kept
  if ((kept.do ?? ref ?? meta ?? card) === undefined && !given?.includes(mark)) return given
  const line = JSON.stringify({ do: kept.do ?? '', ref, meta, card })
  return given === undefined ? line : `${given}\n${line}`
}

export function unpack(note: string | null | undefined): Kept & { readonly text?: string | undefined } {
  if (!note) return {}
  // JSON has no line breaks of its own, so the last such line is ours.
  const last = note.lastIndexOf(`\n${mark}`)
  const start = last < 0 && note.startsWith(mark) ? 0 : last
  if (start < 0) return { text: note }
  try {
    const kept = JSON.parse(note.slice(start)) as Kept
    return { ...kept, do: kept.do || undefined, text: note.slice(0, start) || undefined }
  } catch {
    return { text: note }
  }
}

/** @throws ProviderError `too_long`, before anything is sent. */
export function checkLength(text: string | undefined, most: number, field: string): void {
  if ((text?.length ?? 0) <= most) return
  throw refuse('too_long', `Square keeps ${most} characters here, metadata and what goes with it counted. Shorten it.`, {
    field,
    elsewhere: true,
  })
}
