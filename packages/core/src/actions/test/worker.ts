import { ProviderError, refuse } from '@do/provider'
import { createWorker, DigitalObject, notFound, type ObjectContext } from '../../full.ts'
import type { Json } from '../../storage/json.ts'
import type { Step } from '../step-types.ts'
import type { ActionDefinition, ActionHandle } from '../types.ts'
import { scenarios } from './scenarios.ts'

export interface Env {
  readonly SINK: string
  /** Which versions of `versioned` this deploy knows: `1`, `2` or `1,2`. */
  readonly VERSIONS?: string
  /** What `shifty` does: `ab`, `ba`, `a` or `abc`. */
  readonly SHAPE?: string
}

const quick = { attempts: 5, backoffMs: 10, maxBackoffMs: 50 }
const steps = [1, 2, 3, 4, 5]

/** An object that does durable things which a local server counts. */
export class Flow extends DigitalObject<Env> {
  static override readonly prefix: string = '/f'
  static override readonly jobOptions = { backoffMs: 20, maxBackoffMs: 100, deadManMs: 300 }
  static override readonly actionOptions = { deadManMs: 300, definitionCheckMs: 200, random: () => 1 }

  /** What ran in this life of the object. */
  readonly ran: string[] = []

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    const define = <Input, Result>(name: string, definition: ActionDefinition<Input, Result>) =>
      this.$actions.define(name, { retries: quick, ...definition })

    for (const sideEffect of ['once', 'idempotent', 'none'] as const) {
      define<{ tag: string }, string>(`sweep-${sideEffect}`, {
        run: (input, step) => this.sweep(input.tag, step, sideEffect),
      })
    }
    define<{ tag: string }, string>('sweep-reconciled', {
      run: (input, step) => this.sweep(input.tag, step, 'once'),
      reconcile: async ({ key }) => {
        const known = (await this.ask(`/known/${key}`)) === 'yes'
        return known ? { outcome: 'done', result: 'found' } : { outcome: 'not-done' }
      },
    })
    define<{ word: string; ms?: number }, string>('echo', { run: ({ word }) => word })
    define<{ path: string }, string>('fetch', {
      concurrency: 1_000,
      run: ({ path }, step) => step.do('ask', () => this.ask(path), { sideEffect: 'idempotent' }),
    })
    define<{ path: string }, string>('narrow', {
      concurrency: 2,
      run: ({ path }, step) => step.do('ask', () => this.ask(path), { sideEffect: 'idempotent' }),
    })
    define<{ key: string; path: string }, string>('keyed', {
      concurrency: { limit: 10, key: ({ key }) => key, perKey: 1 },
      run: async ({ path }, step) => {
        this.ran.push(path)
        return step.do('ask', () => this.ask(path), { sideEffect: 'idempotent' })
      },
    })
    define<{ code?: string; final?: boolean }, never>('fail', {
      run: ({ code = 'always', final = false }) => {
        if (final) throw refuse(code, 'a secret')
        throw Object.assign(new Error('a secret'), { code })
      },
    })
    define<{ times: number }, number>('flaky', {
      run: async ({ times }, step) => {
        this.state.set('flaky', (this.state.get<number>('flaky') ?? 0) + 1)
        await step.do('before', () => this.count('before'))
        return step.do('maybe', () => {
          if (this.count('maybe') <= times) throw new Error('not yet')
          return this.state.get<number>('maybe') ?? 0
        })
      },
    })
    define<{ times: number }, string>('patient', {
      retries: { attempts: 1 },
      run: async ({ times }, step) => {
        try {
          await step.do(
            'try',
            async () => {
              if (this.count('try') <= times) throw new Error('not yet')
            },
            {
              sideEffect: 'none',
              retries: { attempts: 3, backoffMs: 5 },
            },
          )
          return 'worked'
        } catch (error) {
          await step.do('instead', () => this.count('instead'))
          await step.sleep('pause', 20)
          return `instead of ${(error as { code: string }).code}`
        }
      },
    })
    define<{ path: string; breaker?: boolean }, string>('guarded', {
      retries: { attempts: 3, backoffMs: 1, maxBackoffMs: 1 },
      breaker: { name: 'vendor', failures: 3, openMs: 300 },
      run: ({ path }, step) => step.do('ask', () => this.ask(path), { sideEffect: 'idempotent' }),
    })
    define<{ until?: string; timeoutMs?: number; first?: number }, unknown>('waiter', {
      run: async ({ until, timeoutMs, first = 0 }, step) => {
        if (first > 0) await step.sleep('first', first)
        const match = until === undefined ? {} : { match: { order: until } }
        const event = await step.waitFor<{ order: string }>('paid', 'Order.paid', {
          ...match,
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        })
        return event.data.order
      },
    })
    define<null, string[]>('two waits', {
      run: async (_, step) => {
        const one = await step.waitFor<{ order: string }>('one', 'Order.paid')
        const two = await step.waitFor<{ order: string }>('two', 'Order.paid')
        return [one.data.order, two.data.order]
      },
    })
    define<{ ms: number }, string>('race', {
      run: async ({ ms }, step) => {
        const won = await Promise.race([
          step.waitFor('paid', 'Order.paid').then(() => 'paid'),
          step.sleep('patience', ms).then(() => 'gave up'),
        ])
        await step.do('note', () => this.count(won))
        return won
      },
    })
    define<null, string>('parallel', {
      run: async (_, step) => {
        const chain = async (name: string) => {
          const first = await step.do(`${name}1`, () => this.ask(`/effect/${name}1`), { sideEffect: 'none' })
          return step.do(`${name}2`, () => this.ask(`/effect/${name}2/${first}`), { sideEffect: 'none' })
        }
        await Promise.all([chain('a'), chain('b')])
        await step.do('hang', () => this.ask('/boundary/parallel'), { sideEffect: 'none' })
        return step.do('last', () => 'joined')
      },
    })
    define<{ tag: string }, string>('doubtful', {
      run: async ({ tag }, step) => step.do('pay', () => this.ask(`/fail-after/${tag}`)),
    })
    define<{ tag: string }, string>('proven', {
      run: async ({ tag }, step) =>
        step.do('pay', async () => {
          if (this.count('proven') === 1) {
            throw new ProviderError({ effect: 'none', fault: 'network', code: 'refused', message: 'Nobody was there.' })
          }
          return this.ask(`/effect/${tag}`)
        }),
    })
    define<null, string>('slow', {
      timeoutMs: 60,
      run: (_, step) => step.do('hang', ({ signal }) => this.ask('/hang', signal), { sideEffect: 'none' }),
    })
    define<null, string>('late', { timeoutMs: 400, run: (_, step) => step.do('ask', () => this.ask('/boundary/late')) })
    define<null, string>('slow once', { timeoutMs: 400, run: (_, step) => step.do('hang', () => this.ask('/hang')) })
    define<null, string>('slow step', {
      run: (_, step) =>
        step.do('hang', ({ signal }) => this.ask('/hang', signal), {
          sideEffect: 'none',
          timeoutMs: 30,
          retries: { attempts: 2, backoffMs: 1 },
        }),
    })
    define<null, void>('endless', { totalMs: 150, run: (_, step) => step.sleep('long', 600_000) })
    define<{ tag: string }, string>('trip', {
      run: async ({ tag }, step) => {
        await step.do('book', () => this.ask(`/effect/book-${tag}`))
        await step.sleep('meanwhile', 600_000)
        return 'gone'
      },
      compensate: async ({ input, steps: done, reason }, step) =>
        step.do('unbook', () => this.ask(`/effect/unbook-${input.tag}-${done.book}-${reason}`)),
    })
    define<null, number>('commit', {
      run: (_, step) =>
        step.do(
          'write',
          async () => {
            const before = this.state.get<number>('total') ?? 0
            await Promise.resolve()
            return () => {
              this.state.set('total', before + 1)
              return before + 1
            }
          },
          { sideEffect: 'none' },
        ),
    })
    define<{ n: number; sideEffect: 'once' | 'none' }, number>('many', {
      timeoutMs: 60_000,
      run: async ({ n, sideEffect }, step) => {
        let sum = 0
        for (let index = 0; index < n; index += 1) sum += await step.do('add', () => index, { sideEffect })
        return sum
      },
    })
    define<{ bad: string }, unknown>('bad step', {
      run: ({ bad }, step) => {
        if (bad === 'name') return step.do('', () => 1)
        if (bad === 'result') return step.do('result', () => new Map() as never)
        if (bad === 'async result') return step.do('result', async () => 1n as never, { sideEffect: 'none' })
        return step.do('x', () => 1, { sideEffect: 'twice' as never })
      },
    })
    define<null, string>('swallow', {
      run: async (_, step) => {
        try {
          await step.do('a#b', () => 1)
        } catch {}
        return 'went on'
      },
    })
    const shape = env.SHAPE ?? 'ab'
    define<null, string>('shifty', {
      run: async (_, step) => {
        for (const name of shape) await step.do(name, () => this.count(name))
        await step.sleep('pause', 900)
        return shape
      },
    })
    for (const version of (env.VERSIONS ?? '1').split(',').map(Number)) {
      define<null, string>('versioned', {
        version,
        run: async (_, step) => {
          await step.do(`begin ${version}`, () => this.count(`begin ${version}`))
          await step.sleep('pause', 900)
          return step.do(`end ${version}`, () => `version ${version}`)
        },
      })
    }
    define<{ text: string }, string>('checked', {
      input: {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: (value) => {
            const { text } = Object(value) as { text?: unknown }
            return typeof text === 'string'
              ? { value: { text: text.trim() } }
              : { issues: [{ message: 'Expected text', path: ['text'] }] }
          },
        },
      },
      run: ({ text }) => text,
    })

    this.route('POST', '/call', async (context) => {
      const { method, args } = (await context.json()) as { method: string; args: Json[] }
      const [on, name] = method.includes('/') ? method.split('/') : ['actions', method]
      const room = { actions: this.$actions, dead: this.$actions.deadLetters, events: this.$events, state: this.state }[
        on as 'actions'
      ]
      const target = room as unknown as Record<string, (...given: Json[]) => unknown>
      const answer = await target[name ?? '']?.(...args)
      return { result: method === 'do' ? (answer as ActionHandle).id : (answer ?? null) }
    })
    this.route('POST', '/scenario/:name', async (context) => {
      const scenario = scenarios[context.params.name ?? '']
      if (scenario === undefined) throw notFound('The scenario')
      return { result: (await scenario(this)) ?? null }
    })
  }

  /** Asks the server that counts. */
  async ask(path: string, signal?: AbortSignal): Promise<string> {
    const response = await fetch(this.env.SINK + path, { method: 'POST', ...(signal === undefined ? {} : { signal }) })
    if (!response.ok) throw Object.assign(new Error('a secret'), { code: `http_${response.status}` })
    return response.text()
  }

  count(name: string): number {
    const next = (this.state.get<number>(name) ?? 0) + 1
    this.state.set(name, next)
    return next
  }

  /** Five steps, each with an effect outside; what stands between them may happen any number of times. */
  async sweep(tag: string, step: Step, sideEffect: 'once' | 'idempotent' | 'none'): Promise<string> {
    let answers = ''
    for (const n of steps) {
      await this.ask(`/boundary/${n}`)
      answers += await step.do(`step ${n}`, ({ key }) => this.ask(`/effect/${tag}-${n}?key=${key}`), { sideEffect })
    }
    await this.ask('/boundary/6')
    return answers
  }
}

export default createWorker({ Flow })
