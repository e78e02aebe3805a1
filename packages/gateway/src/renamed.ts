/** A path whose first part has another name with the client. */
export function renamed(path: string | undefined, names: Readonly<Record<string, string>>): string | undefined {
  if (path === undefined) return undefined
  const [first = '', ...rest] = path.split('.')
  return [Object.hasOwn(names, first) ? names[first] : first, ...rest].join('.')
}
