import type { Posting } from './posting.ts'

type PostedLine = Posting['lines'][number]

/** One debit and one credit of the same, and nothing more to say of them; `n` is the number of the debit. */
export interface Pair {
  readonly debit: PostedLine
  readonly credit: PostedLine
  readonly n: 0 | 1
}

export function pairOf(lines: readonly PostedLine[]): Pair | undefined {
  const [first, second] = lines
  if (first === undefined || second === undefined || lines.length > 2 || !isPlain(first) || !isPlain(second)) return undefined
  if (first.sign === second.sign || first.currency !== second.currency || first.amount !== second.amount) return undefined
  return first.sign === 1 ? { debit: first, credit: second, n: 0 } : { debit: second, credit: first, n: 1 }
}

const isPlain = ({ item, due }: PostedLine) => item === null && due === null
