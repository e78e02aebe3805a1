// What the tests use of the modules that exist inside workerd only.
declare module 'cloudflare:test' {
  /** Takes the object out of memory; its sockets hibernate, or are closed. */
  export function evictDurableObject(stub: unknown, options?: { readonly webSockets: 'hibernate' | 'close' }): Promise<void>
  /** Runs inside the object, waking it. */
  export function runInDurableObject<T>(
    stub: unknown,
    inside: (object: unknown, context: import('../../platform/types.ts').ObjectContext) => T,
  ): Promise<T>
}
declare module 'cloudflare:workers' {
  export const env: Readonly<Record<string, unknown>>
}
