import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { blocksOf } from './blocks.mjs'

/** The pages whose code is run: the README, all of docs/, and the READMEs of packages and adapters that have a block to run. */
export function pagesOf(base) {
  const docs = existsSync(`${base}/docs`)
    ? readdirSync(`${base}/docs`)
        .filter((name) => name.endsWith('.md'))
        .sort()
    : []
  const pages = [join(base, 'README.md'), ...docs.map((name) => join(base, 'docs', name))].filter((path) => existsSync(path))
  return [...pages, ...readmesOf(base).filter((path) => blocksOf(path).some(({ kind }) => kind !== 'plain'))]
}

const readmesOf = (base) =>
  ['packages', 'adapters'].flatMap((folder) =>
    existsSync(join(base, folder))
      ? readdirSync(join(base, folder))
          .sort()
          .map((name) => join(base, folder, name, 'README.md'))
          .filter((path) => existsSync(path))
      : [],
  )

/** Every `ts` block must be run by the tests; every relative link must lead somewhere. */
export function checkDocs(base) {
  const problems = []
  for (const page of pagesOf(base)) {
    const name = relative(base, page)
    for (const { language, kind, file, line } of blocksOf(page)) {
      if (language !== 'ts' && language !== 'typescript') continue
      if (language === 'typescript') problems.push(`${name}:${line} say \`ts\`, as all pages do.`)
      if (kind === 'plain')
        problems.push(`${name}:${line} is a ts block that nothing runs: begin it with \`// file: NAME\` or \`// run\`.`)
      if (kind === 'file' && file === undefined) problems.push(`${name}:${line} says \`// file:\` without a name.`)
    }
    for (const target of linksOf(readFileSync(page, 'utf8'))) {
      if (!existsSync(join(dirname(page), target))) problems.push(`${name} links to ${target}, which does not exist.`)
    }
  }
  return problems
}

function linksOf(text) {
  const outsideCode = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`]*`/g, '')
  return [...outsideCode.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target.split('#')[0])
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
}
