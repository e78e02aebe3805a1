import { type ChangeOptions, createWorker, DigitalObject, type Methods, type ObjectContext } from '@do/core/full'

const value = 'x'.repeat(100)
const sideEffects = ['none', 'once'] as const

/** The same, through everything that `createWorker` and `DigitalObject` do. */
export class Thing extends DigitalObject {
  // The limit is still counted, but this client wants to know how fast it goes.
  static override readonly callLimits = { callsPerSecond: 1_000_000 }
  static override readonly prefix: string = '/thing'
  static override readonly changes: ChangeOptions | false = {}
  static override readonly methods = { echo: { kind: 'read' } } satisfies Methods<Thing>
  #written = 0

  constructor(ctx: ObjectContext, env: unknown) {
    super(ctx, env)
    this.route('GET', '/', () => ({ ok: true }))
    this.route('POST', '/each', () => {
      this.#write()
      return { ok: true }
    })
    this.route('POST', '/grouped', async () => {
      await this.$writer.write(() => this.#write())
      return { ok: true }
    })
    this.route('POST', '/loop/:count', async ({ params }) => {
      for (let count = Number(params.count); count > 0; count--) this.#write()
      await ctx.storage.sync()
      return { ok: true }
    })
    for (const sideEffect of sideEffects) {
      this.$actions.define<{ count: number }, number>(sideEffect, {
        run: async ({ count }, step) => {
          let sum = 0
          for (let index = 0; index < count; index++) sum += await step.do('add', () => index, { sideEffect })
          return sum
        },
      })
    }
    this.route('POST', '/steps/:sideEffect/:count', async ({ params }) => {
      await this.$actions.try(params.sideEffect ?? '', { count: Number(params.count) })
      await ctx.storage.sync()
      return { ok: true }
    })
  }

  echo(given: string): string {
    return given
  }

  #write(): void {
    this.state.set(`key-${this.#written++}`, value)
  }
}

/** Nobody hears of its changes. */
export class Quiet extends Thing {
  static override readonly prefix: string = '/quiet'
  static override readonly changes = false
}

export default createWorker({ Thing, Quiet })
