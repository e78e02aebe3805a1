import { parseSync } from 'oxc-parser'

/** Every module that a source file names: specifier, whether only types come from it, whether it is loaded on demand, line. */
export function importsOf(file, source) {
  const { module, program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0].message}`)
  const lineAt = (offset) => source.slice(0, offset).split('\n').length
  const found = []
  for (const { moduleRequest, entries, start } of module.staticImports) {
    const types = entries.length > 0 && entries.every(({ isType }) => isType)
    found.push({ specifier: moduleRequest.value, types, lazy: false, line: lineAt(start) })
  }
  for (const { entries, start } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) found.push({ specifier: moduleRequest.value, types: isType, lazy: false, line: lineAt(start) })
    }
  }
  visit(program, (node) => {
    const literal =
      node.type === 'ImportExpression' ? node.source : node.type === 'TSImportType' ? (node.source ?? node.argument) : undefined
    const specifier = literal?.value ?? literal?.literal?.value
    if (typeof specifier === 'string') {
      found.push({
        specifier,
        types: node.type === 'TSImportType',
        lazy: node.type === 'ImportExpression',
        line: lineAt(node.start),
      })
    }
  })
  return found
}

function visit(node, look) {
  if (Array.isArray(node)) for (const item of node) visit(item, look)
  else if (typeof node === 'object' && node !== null) {
    if (typeof node.type === 'string') look(node)
    for (const key in node) if (key !== 'parent') visit(node[key], look)
  }
}
