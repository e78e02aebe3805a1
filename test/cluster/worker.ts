import { createWorker, DigitalObject, type ObjectContext } from '@do/core'

/** Counts what it was told to keep. */
class Counter extends DigitalObject<{ PROCESS?: string }> {
  constructor(ctx: ObjectContext, env: { PROCESS?: string }) {
    super(ctx, env)
    this.route('POST', '/:id', ({ params }) => {
      this.state.set(params.id ?? '', true)
      return { process: this.env.PROCESS }
    })
    this.route('GET', '/', () => {
      const keys: string[] = []
      for (let cursor: string | undefined; ; ) {
        const page = this.state.list({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
        keys.push(...page.items.map(({ key }) => key))
        cursor = page.cursor
        if (cursor === undefined) return { keys, process: this.env.PROCESS }
      }
    })
  }
}

const worker = createWorker({ Counter })
export default { fetch: worker.fetch }
const { Counter: counters } = worker.objects

export { counters as Counter }
