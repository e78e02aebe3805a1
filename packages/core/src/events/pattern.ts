import { refuse } from '@do/provider'

const word = '[A-Za-z_][A-Za-z0-9_-]{0,99}'
const type = new RegExp(`^${word}\\.${word}$`)
const pattern = new RegExp(`^(${word}|\\*)\\.(${word}|\\*)$`)

/** @throws ProviderError `invalid_event` unless it is like `Order.paid`. */
export function checkType(name: string): void {
  if (typeof name === 'string' && type.test(name)) return
  throw refuse('invalid_event', 'An event is named by a noun and a verb: "Order.paid".', { field: 'type' })
}

/** `Order.paid`, `Order.*`, `*.paid`, `*.*`. @throws ProviderError `invalid_event` */
export function matcher(name: string): (type: string) => boolean {
  if (typeof name !== 'string' || !pattern.test(name)) {
    throw refuse('invalid_event', 'Listen to "Order.paid", "Order.*", "*.paid" or "*.*".', { field: 'pattern' })
  }
  const [noun, verb] = name.split('.')
  return (type) => {
    const [is, does] = type.split('.')
    return (noun === '*' || noun === is) && (verb === '*' || verb === does)
  }
}
