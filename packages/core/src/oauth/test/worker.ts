import { createFlags } from '../../flags/index.ts'
import { createWorker, DigitalObject, type ObjectContext } from '../../index.ts'
import type { Mutation } from '../../kernel/types.ts'
import { createLimits, limitCalls, limitRequests } from '../../limits/index.ts'
import { mutated } from '../../object/tiny.ts'
import { rows, run } from '../../storage/sql.ts'
import { createVault } from '../../vault/index.ts'
import { createOAuth } from '../index.ts'

interface Env {
  readonly VAULT_KEYS: string
  /** The authorization server. */
  readonly ISSUER: string
}

/** One object with the four rooms, whose time may be set, and that lets tests look at its rows. */
export class Rooms extends DigitalObject<Env> {
  static override readonly prefix = '/rooms'
  static override readonly jobOptions = { backoffMs: 20, maxBackoffMs: 50, deadManMs: 200 }
  readonly told: Mutation[] = []
  readonly vault = createVault(this.kernel, { keys: this.env.VAULT_KEYS })
  readonly flags = createFlags(this.kernel, {
    'checkout.v2': { default: false },
    banner: { default: 'none', variants: ['none', 'blue', 'green'] },
    base: { default: true, description: 'What others need' },
  })
  readonly limits = createLimits(this.kernel, {
    bucket: { kind: 'bucket', capacity: 10, refill: 3, everyMs: 1_000 },
    fixed: { kind: 'fixed', limit: 5, windowMs: 60_000 },
    sliding: { kind: 'sliding', limit: 5, windowMs: 1_000 },
    few: { kind: 'fixed', limit: 2, windowMs: 60_000, maxKeys: 3 },
    http: { kind: 'fixed', limit: 2, windowMs: 60_000 },
  })
  readonly oauth = createOAuth(this.kernel, {
    vault: this.vault,
    timeoutMs: 2_000,
    clients: {
      crm: {
        issuer: this.env.ISSUER,
        clientId: 'desk',
        secret: 'crm-secret',
        scopes: ['read', 'write'],
        redirectUri: 'http://127.0.0.1:1/back',
      },
      steady: {
        issuer: this.env.ISSUER,
        clientId: 'steady',
        scopes: ['read'],
        redirectUri: 'http://127.0.0.1:1/back',
      },
      machine: {
        issuer: this.env.ISSUER,
        clientId: 'machine',
        secret: 'machine-secret',
        authentication: 'post',
        flow: 'client-credentials',
      },
    },
  })

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    const tell = this[mutated]
    this[mutated] = (mutation) => {
      this.told.push(mutation)
      tell?.(mutation)
    }
    this.use(limitRequests(this.limits, { policy: 'http', key: ({ request }) => request.headers.get('x-who') ?? undefined }))
    this.route('GET', '/hello', () => ({ hello: 'world' }))
    this.route('POST', '/call', async (context) => {
      const { on, method, args } = (await context.json()) as { on: 'flags'; method: 'get'; args: never[] }
      const target: object = on === undefined ? this : this[on]
      const called = target[method as keyof typeof target] as (...args: never[]) => unknown
      return { result: (await called.apply(target, args)) ?? null }
    })
  }

  /** From now on time stands still at `at`. */
  setTime(at: number): void {
    this.clock = { ...this.clock, now: () => at }
  }

  /** Many takes, each at its own time: what each was answered. */
  takes(policy: 'bucket', key: string, takes: readonly (readonly [at: number, cost: number])[]): unknown {
    return takes.map(([at, cost]) => {
      this.setTime(at)
      return this.limits.take(policy, key, cost)
    })
  }

  /** `limitCalls` around a call that answers 'done'. */
  guarded(who: string): unknown {
    const call = { who }
    return limitCalls(this.limits, { policy: 'http', key: (given: typeof call) => given.who })(call, () => 'done')
  }

  tokens(count: number, client: 'crm', account?: string): Promise<unknown[]> {
    return Promise.all(Array.from({ length: count }, () => this.oauth.token(client, account === undefined ? {} : { account })))
  }

  /** Who of so many has it. */
  users(count: number): string[] {
    const users = Array.from({ length: count }, (_, index) => `user-${index}`)
    return users.filter((user) => this.flags.get('checkout.v2', { user }))
  }

  heard(): unknown {
    return this.told
  }

  /** Everything that lies in the database, as text. */
  dump(): string {
    const tables = rows<{ name: string }>(
      this.ctx.storage,
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'do_%' AND name NOT LIKE 'do_change%'",
    )
    return JSON.stringify(tables.map(({ name }) => [name, rows(this.ctx.storage, `SELECT * FROM ${name}`)]))
  }

  damage(name: string): void {
    run(this.ctx.storage, 'UPDATE do_vault SET sealed = replace(sealed, \'"data":"\', \'"data":"AAAA\') WHERE name = ?', name)
  }

  fill(count: number): Promise<unknown> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.vault.put(`many/${index}`, `value ${index}`)))
  }
}

export default createWorker({ Rooms })
