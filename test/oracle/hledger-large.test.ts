import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coverage, journalFile, posted } from './books.ts'
import { debianProgram } from './debian.ts'
import { generate } from './generate.ts'
import { inParallel } from './hledger.ts'
import { ask, disagreements, questions } from './statements.ts'

const program = debianProgram('hledger', 'hledger') ?? ''

// hledger takes five seconds and a gigabyte for each question about a book of this size: so months only; the small books have all four.
describe.skipIf(program === '')('hledger says the same of 100,000 entries', () => {
  it('balance sheet, income statement and cash flow by month', { timeout: 900_000 }, async () => {
    const book = generate(100, 100_000, 1000, true)
    const ledger = posted(book)
    const journal = journalFile(ledger, 'large')
    try {
      const answers = await inParallel(questions('-M').map((question) => () => ask(program, journal, question)))
      expect(answers.flatMap((answer) => disagreements(ledger, coverage(book), answer))).toEqual([])
      expect(answers.reduce((sum, { cells }) => sum + cells.size, 0)).toBeGreaterThan(4000)
    } finally {
      rmSync(dirname(journal), { recursive: true, force: true })
    }
  })
})
