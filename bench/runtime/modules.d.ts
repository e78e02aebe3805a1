// What the floors use of the modules that exist inside workerd only.
declare module 'cloudflare:workers' {
  import type { ObjectContext } from '@do/core'
  export class DurableObject {
    readonly ctx: ObjectContext
    constructor(ctx: ObjectContext, env: unknown)
  }
}
