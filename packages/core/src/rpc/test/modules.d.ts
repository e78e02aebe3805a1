// What the tests use of the modules that exist inside workerd only.
declare module 'cloudflare:test' {
  /** Takes the object out of memory; its sockets hibernate, or are closed. */
  export function evictDurableObject(stub: unknown, options?: { readonly webSockets: 'hibernate' | 'close' }): Promise<void>
}
declare module 'cloudflare:workers' {
  export const env: Readonly<Record<string, unknown>>
}
