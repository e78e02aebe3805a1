/** Makes an element. Children that are text stay text: nothing that a vendor or a tenant wrote is ever read as HTML. */
export function h(name, attributes, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else element.setAttribute(key, value === true ? '' : String(value))
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false))
  return element
}

/**
 * Brings the rows of a table to `records`, touching only rows that changed: what is focused, open or scrolled stays so.
 * Rows that were not there before are marked as new, except in the first round.
 */
export function syncRows(body, records, render) {
  const first = body.dataset.filled === undefined
  body.dataset.filled = ''
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]))
  const rows = records.map((record) => {
    const print = JSON.stringify(record)
    const old = known.get(record.id)
    known.delete(record.id)
    if (old?.print === print) return old
    const row = render(record)
    row.dataset.key = record.id
    row.print = print
    if (!first) row.dataset.new = ''
    if (old !== undefined) replaceKeeping(old, row)
    return row
  })
  for (const row of known.values()) row.remove()
  rows.forEach((row, index) => {
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null)
  })
}

function replaceKeeping(old, row) {
  const wasOpen = old.querySelector('details')?.open ?? false
  const focused = old.contains(document.activeElement) ? document.activeElement.tagName : undefined
  old.replaceWith(row)
  const details = row.querySelector('details')
  if (details !== null) details.open = wasOpen
  if (focused !== undefined) row.querySelector(focused)?.focus()
}
