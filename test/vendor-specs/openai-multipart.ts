import type { SentRequest } from './checker.ts'

const lists = /\[\d*\]$/

/** A form in parts as the JSON that the description's schema speaks of; the bytes of a file as whatever text they make. */
export function readParts({ headers, body }: SentRequest): Record<string, unknown> {
  const boundary = /boundary="?([^";]+)/.exec(headers.get('content-type') ?? '')?.[1]
  if (boundary === undefined) throw new Error('A form in parts without a boundary.')
  const result: Record<string, unknown> = {}
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...rest] = part.split('\r\n\r\n')
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? ''
    const text = rest.join('\r\n\r\n').replace(/\r\n$/, '')
    const plain = name.replace(lists, '')
    if (lists.test(name)) result[plain] = [...((result[plain] as unknown[]) ?? []), typed(plain, text)]
    else result[plain] = typed(plain, text)
  }
  return result
}

/** In a form everything is text. */
function typed(name: string, text: string): unknown {
  if (name === 'stream') return text === 'true' ? true : text === 'false' ? false : text
  return name === 'temperature' && text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
}
