import { createHmac } from 'node:crypto'
import { refuse } from '@do/provider'

/** A place in a log: after this change. */
export interface Position {
  readonly epoch: number
  readonly sequence: number
}

/** Before everything. The same text everywhere: an object in which nothing was ever written has no secret to sign with. */
export const startCursor = 'start'

export function writeCursor(position: Position, secret: string): string {
  if (position.sequence === 0) return startCursor
  const text = `${position.epoch.toString(36)}.${position.sequence.toString(36)}`
  return `${text}.${sign(text, secret)}`
}

/** @throws ProviderError `invalid_cursor` for anything this object has not written. */
export function readCursor(cursor: unknown, secret: () => string | undefined): Position {
  if (cursor === startCursor) return { epoch: 1, sequence: 0 }
  const [, text, epoch, sequence, signature] =
    /^(([0-9a-z]{1,11})\.([0-9a-z]{1,11}))\.([\w-]{16})$/.exec(typeof cursor === 'string' ? cursor.slice(0, 64) : '') ?? []
  const key = text === undefined ? undefined : secret()
  if (text === undefined || key === undefined || sign(text, key) !== signature) {
    throw refuse('invalid_cursor', 'This is no cursor of this list. Use it as it came, with the same object.', {
      field: 'cursor',
    })
  }
  return { epoch: Number.parseInt(epoch as string, 36), sequence: Number.parseInt(sequence as string, 36) }
}

/** Not to keep the place secret: so that a cursor beyond the end proves that this log was longer once. */
function sign(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, 16)
}
