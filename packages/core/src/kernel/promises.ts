/** Is it there later only? Stubs of either protocol count: whatever `await` would wait for. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'
}
