import { createWorker, DigitalObject, type ObjectContext } from '@do/core'

/** The same answer, through everything that `createWorker` and `DigitalObject` do. */
export class Thing extends DigitalObject {
  constructor(ctx: ObjectContext, env: unknown) {
    super(ctx, env)
    this.route('GET', '/', () => ({ ok: true }))
  }
}

export default createWorker({ Thing }, { prefixes: { Thing: '/thing' } })
