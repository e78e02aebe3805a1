import type { Book } from './book.ts'
import { badAmount, checkEntry } from './check.ts'
import { parseDay } from './days.ts'
import { ledgerError } from './errors.ts'
import { expireDue, nextExpiry, sweep } from './hold-expiry.ts'
import { holdOf, readHold, readHolds, releaseHold, tellHold, writeHoldLines } from './hold-state.ts'
import { underKey } from './keys.ts'
import { createLimits } from './limits.ts'
import { writeEntry } from './post.ts'
import { holdId, numberIn } from './read.ts'
import { requestOf } from './request.ts'
import { checkOpen, resolveLines } from './resolve.ts'
import type { Hold, Ledger, Line } from './types.ts'

export function createHolds(book: Book): Ledger['holds'] {
  const { sql, tables: t } = book
  const place: Ledger['holds']['place'] = (input, options = {}) => {
    const checked = checkEntry(input)
    const { expiresAt } = input
    if (expiresAt !== undefined && !Number.isSafeInteger(expiresAt)) {
      throw ledgerError('invalid_date', 'expiresAt must be whole epoch milliseconds.', { field: 'expiresAt' })
    }
    return underKey(book, options, () => requestOf('hold', checked, expiresAt ?? null), {
      work: (head, key) => {
        checkOpen(checked.day, head.locked)
        const lines = createLimits(book).hold(resolveLines(book.chart(head.version), checked))
        const [row] = sql.all<{ id: number }>(
          `INSERT INTO ${t.holds}(day, description, metadata, key, request, created_at, expires_at, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'pending') RETURNING id`,
          ...[checked.day, checked.description, checked.metadataText, key?.key ?? null, key?.request ?? null],
          ...[book.now(), expiresAt ?? null],
        )
        const id = row?.id ?? 0
        writeHoldLines(
          book,
          id,
          lines.map(({ line }) => line),
        )
        tellHold(book, id, undefined)
        return holdOf(book, holdId(id))
      },
      again: (found) => holdOf(book, found.kind === 'hold' ? holdId(found.id) : ''),
    })
  }

  const commit: Ledger['holds']['commit'] = (id, options = {}) => {
    const { amounts, date } = options
    if (date !== undefined) parseDay(date)
    amounts?.forEach((amount, index) => {
      if (amount !== 0n && (typeof amount !== 'bigint' || amount < 0n)) throw badAmount(amount, `amounts[${index}]`)
    })
    return underKey(book, options, () => JSON.stringify(['commit', id, date ?? null, amounts?.map(String) ?? null]), {
      work: (head, key) => {
        const hold = holdOf(book, id)
        if (hold.state !== 'pending') throw resolved(hold)
        const number = numberIn(id, 'hold') as number
        const lines = amounts === undefined ? hold.lines : inPart(hold.lines, amounts)
        // First given back, then posted: what it held is room for its own entry.
        const before = releaseHold(book, number, 'committed', head.sequence + 1)
        const checked = checkEntry({
          date: date ?? hold.date,
          description: hold.description,
          lines,
          ...(hold.metadata === undefined ? {} : { metadata: hold.metadata }),
        })
        writeEntry(book, head, checked, { key, hold: number })
        tellHold(book, number, before)
        return holdOf(book, id)
      },
      again: () => holdOf(book, id),
    })
  }

  return {
    place,
    commit,
    void: (id) =>
      sql.transaction(() => {
        expireDue(book, nextExpiry(book))
        const hold = holdOf(book, id)
        if (hold.state === 'committed') throw resolved(hold)
        if (hold.state !== 'pending') return hold
        const number = numberIn(id, 'hold') as number
        tellHold(book, number, releaseHold(book, number, 'voided', null))
        return holdOf(book, id)
      }),
    get: (id) => {
      sweep(book)
      return readHold(book, id)
    },
    list: (state) => {
      sweep(book)
      return state === undefined ? readHolds(book, 'id > ?', 0) : readHolds(book, 'state = ?', state)
    },
    expire: () => {
      const expired = sweep(book)
      const next = nextExpiry(book)
      return next === null ? { expired } : { expired, next }
    },
  }
}

function inPart(lines: readonly Line[], amounts: readonly bigint[]): Line[] {
  if (amounts.length !== lines.length) {
    throw ledgerError('invalid_amount', `amounts must have one amount for each of the ${lines.length} lines.`, {
      field: 'amounts',
    })
  }
  return lines.flatMap((line, index) => {
    const amount = amounts[index] as bigint
    if (amount > line.amount) {
      throw ledgerError('invalid_amount', `amounts[${index}] is more than the ${line.amount} that are held.`, {
        field: `amounts[${index}]`,
      })
    }
    return amount === 0n ? [] : [{ ...line, amount }]
  })
}

function resolved({ id, state, entry }: Hold) {
  const how = entry === undefined ? state : `${state} by ${entry}`
  return ledgerError('hold_resolved', `${id} is ${how}. A hold is resolved once: place another.`, { field: 'id' })
}
