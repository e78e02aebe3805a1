import { readFileSync } from 'node:fs'

/**
 * Code blocks of a Markdown file. A block that begins with `// file: NAME` is a file of the page's folder; one that begins
 * with `// run` is run as it stands; `// run: NAME` is a file that is also run. Several blocks of one page share a folder.
 */
export function blocksOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n')
  const blocks = []
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)(`{3,})(\w*)\s*(.*)$/.exec(lines[at])
    if (fence === null) continue
    const [, indent, ticks, language] = fence
    const start = at + 1
    for (at++; at < lines.length && lines[at].trim() !== ticks; at++);
    if (at === lines.length) throw new Error(`${path}:${start} The code block is never closed.`)
    const text = lines
      .slice(start, at)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n')
    blocks.push({ language, text, line: start, ...role(text) })
  }
  return blocks
}

function role(text) {
  const marker = /^\/\/ (file|run)(?:: *([\w./-]*))?\s*$/.exec(text.split('\n', 1)[0])
  if (marker === null) return { kind: 'plain', file: undefined }
  const [, kind, file] = marker
  return { kind, file: file || undefined }
}
