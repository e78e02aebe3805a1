import { describe, expect, it } from 'vitest'
import { blocksOf } from '../../scripts/docs/blocks.mjs'
import { checkDocs } from '../../scripts/docs/check.mjs'
import { workspace } from './planted.ts'

const page = (text: string) => workspace({ 'docs/page.md': text })

describe('the check of the pages', () => {
  it('lets runnable code pass', () => {
    expect(checkDocs(page('```ts\n// run\nconsole.log(1)\n```\n\n```ts\n// file: a.ts\n```\n\n```sh\nnpm test\n```\n'))).toEqual(
      [],
    )
  })

  it.each([
    ['a ts block that nothing runs', 'Text\n\n```ts\nconst a = 1\n```\n', 'docs/page.md:3 is a ts block that nothing runs'],
    ['a file without a name', '```ts\n// file:\n```\n', 'docs/page.md:1 says `// file:` without a name'],
    ['another word for ts', '```typescript\n// run\n```\n', 'say `ts`'],
    ['a dead link', '[there](./gone.md#part)\n', 'links to ./gone.md'],
  ])('finds %s', (_, text, problem) => {
    expect(checkDocs(page(text))).toEqual([expect.stringContaining(problem)])
  })

  it('reads the READMEs of packages and adapters that have a block to run, and those alone', () => {
    const run = '```ts\n// run\n```\n'
    const plain = '```ts\nconst a = 1\n```\n'
    const found = checkDocs(workspace({ 'packages/a/README.md': plain, 'adapters/b/README.md': run + plain }))
    expect(found).toEqual([expect.stringContaining('adapters/b/README.md:4 is a ts block that nothing runs')])
  })

  it('leaves links in code and to other sites alone', () => {
    expect(checkDocs(page('`[a](b.md)` [c](https://example.com) [d](#e)\n\n```md\n[f](g.md)\n```\n'))).toEqual([])
  })

  it('does not guess where an open block ends', () => {
    const root = page('```ts\n// run\n')
    expect(() => blocksOf(`${root}docs/page.md`)).toThrow('never closed')
  })
})
