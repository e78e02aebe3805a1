import type { EventHandler, HandlerOptions, On } from './types.ts'

type Register = (pattern: string, handler: EventHandler, options?: HandlerOptions) => void

/** `on('Order.paid', …)` and `on.Order.paid(…)` are the same. */
export function fluent(register: Register): On {
  const nouns = new Map<string, object>()
  const on = (pattern: string, handler: EventHandler, options?: HandlerOptions) => register(pattern, handler, options)
  return new Proxy(on, {
    get: (target, noun, receiver) => {
      // What a function has, and what `await` looks for, are no nouns.
      if (typeof noun === 'symbol' || noun === 'then' || noun in target) return Reflect.get(target, noun, receiver)
      const known = nouns.get(noun) ?? verbsOf(noun, register)
      nouns.set(noun, known)
      return known
    },
  }) as On
}

function verbsOf(noun: string, register: Register): object {
  return new Proxy(Object.create(null), {
    get: (_, verb) =>
      typeof verb === 'symbol' || verb === 'then'
        ? undefined
        : (handler: EventHandler, options?: HandlerOptions) => register(`${noun}.${verb}`, handler, options),
  })
}
