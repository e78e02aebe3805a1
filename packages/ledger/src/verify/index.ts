import type { Book, Report } from '../book.ts'
import { lastSequence } from '../point.ts'
import type { Problem, Verification } from '../types.ts'
import { verifyAccounts } from './accounts.ts'
import { verifyEntries } from './entries.ts'
import { verifyHolds } from './holds.ts'
import { verifyProjections } from './projections.ts'

/** Enough to see what is wrong, whatever is. */
const most = 100

/** Reads the whole book once, in one transaction, and says what does not hold. */
export function verify(book: Book): Verification {
  const problems: Problem[] = []
  const report: Report = (invariant, where, message) => {
    if (problems.length < most) problems.push({ invariant, where, message })
  }
  return book.sql.transaction(() => {
    verifyAccounts(book, report)
    const { head, sums } = verifyEntries(book, report)
    verifyProjections(book, sums, report)
    verifyHolds(book, report)
    return { ok: problems.length === 0, entries: lastSequence(book), ...(head === '' ? {} : { head }), problems }
  })
}
