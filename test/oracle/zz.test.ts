import { it } from 'vitest'
import { execFileSync } from 'node:child_process'
import { coverage, journalFile, posted } from './books.ts'
import { generate } from './generate.ts'
it('x', { timeout: 200_000 }, () => {
    const book = generate(100, 100_000, 1000, true)
    console.time('post'); const ledger = posted(book); console.timeEnd('post')
    console.time('export'); const journal = journalFile(ledger, 'large'); console.timeEnd('export')
    console.log(journal, coverage(book))
    const c0=process.cpuUsage(); ledger.verify; 
})
