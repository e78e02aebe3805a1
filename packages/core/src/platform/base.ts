import type { ObjectContext } from './types.ts'

interface Workers {
  readonly DurableObject: new (ctx: ObjectContext, env: unknown) => object
}

class Elsewhere {
  declare readonly ctx: ObjectContext
  declare readonly env: unknown

  constructor(ctx: ObjectContext, env: unknown) {
    this.ctx = ctx
    this.env = env
  }
}

// The module exists inside workerd only. Asked for at run time, this package can be imported in Node as well, by the same entry point.
const name = 'cloudflare:workers' as string
const workers: Workers | undefined = await import(name).catch(() => undefined)

/** The platform's DurableObject where there is one: only its subclasses can be called by RPC. */
export const PlatformObject: Workers['DurableObject'] = workers?.DurableObject ?? Elsewhere
