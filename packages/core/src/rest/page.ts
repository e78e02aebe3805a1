/** A JSON text as a page on which every URL can be clicked. No script, nothing from elsewhere. */
export function page(title: string, json: string): string {
  const body = escaped(json).replace(/&quot;(https?:\/\/(?:(?!&quot;)[^\s\\])+)&quot;/g, '&quot;<a href="$1">$1</a>&quot;')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>:root{color-scheme:light dark}body{font:14px/1.5 ui-monospace,monospace;margin:2rem}pre{white-space:pre-wrap;overflow-wrap:anywhere}</style>
<main><pre>${body}</pre></main></html>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
