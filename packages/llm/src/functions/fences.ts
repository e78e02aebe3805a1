/** What stands in the only fence of a text, or in the fence around all of it. Models like fences, whatever they are told. */
export function fenced(text: string): string | undefined {
  const lines = text.trim().split('\n')
  const marks = lines.flatMap((line, index) => (line.trimStart().startsWith('```') ? [index] : []))
  const [first, second] = marks
  const last = marks.at(-1)
  if (first === undefined || second === undefined || last === undefined) return undefined
  const isAroundAll = first === 0 && last === lines.length - 1
  return isAroundAll || marks.length === 2 ? lines.slice(first + 1, last).join('\n') : undefined
}
