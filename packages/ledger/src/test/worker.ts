import { DurableObject } from 'cloudflare:workers'
import { openLedger } from '../open.ts'
import { type DurableStorage, durableSqlite } from '../sql/durable.ts'
import type { Ledger } from '../types.ts'
import { sale, transfer } from './entries.ts'

// Books in a real Durable Object: what the tests ask for is done here, and answered as text.

interface Context {
  readonly storage: DurableStorage & { sync(): Promise<void> }
  abort(reason: string): void
}

export class Books extends DurableObject {
  readonly #ledger: Ledger
  readonly #context: Context

  constructor(context: Context, env: unknown) {
    super(context as never, env)
    this.#context = context
    this.#ledger = openLedger(durableSqlite(context.storage), { now: () => Date.UTC(2026, 10, 21, 12) })
    for (const [name, type] of [
      ['Revenue:Sales', 'revenue'],
      ['Expenses:Fees', 'expense'],
    ] as const) {
      this.#ledger.accounts.open({ name, type })
    }
    this.#ledger.accounts.open({ name: 'Assets:Wallet', type: 'asset', guarded: true })
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const amount = BigInt(searchParams.get('amount') ?? '1')
    const key = searchParams.get('key')
    try {
      const what = pathname.slice(1)
      const result =
        what === 'older' ? this.#older(await request.text()) : await this.#do(what, amount, key === null ? {} : { key })
      return new Response(JSON.stringify(result ?? null, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    } catch (error) {
      return Response.json({ code: (error as { readonly code?: string }).code ?? String(error) })
    }
  }

  /** Tables of an earlier version, one statement a line, beside its own: opened, posted to, and verified. */
  #older(statements: string): unknown {
    const { storage } = this.#context
    for (const statement of statements.replaceAll('ledger_', 'older_').split('\n')) {
      if (/^[A-Z]/.test(statement)) storage.sql.exec(statement)
    }
    const ledger = openLedger(durableSqlite(storage), { prefix: 'older' })
    ledger.postAll(Array.from({ length: 9 }, (_, n) => ({ entry: sale(1n, { date: '2026-08-10' }), key: `older${n}` })))
    return [ledger.balance('Assets:Wallet', 'EUR', { effective: '2026-08-31' }).posted, ledger.verify()]
  }

  async #do(what: string, amount: bigint, options: { readonly key?: string }): Promise<unknown> {
    const ledger = this.#ledger
    if (what === 'sell') return ledger.post(sale(amount), options)
    if (what === 'spend') return ledger.post(transfer('Assets:Wallet', 'Expenses:Fees', amount), options)
    if (what === 'batch')
      return ledger.postAll(Array.from({ length: 50 }, (_, n) => ({ entry: sale(amount + BigInt(n)), key: `n${n}` }))).length
    if (what === 'balance')
      return [ledger.balance('Assets:Wallet', 'EUR'), ledger.balance('Assets:Wallet', 'EUR', { effective: '2026-11-21' })]
    if (what === 'entries') return ledger.entries()
    if (what === 'verify') return ledger.verify()
    if (what === 'reverse') return ledger.reverse('entry_1')
    if (what === 'hold') {
      const { id } = ledger.holds.place(transfer('Assets:Wallet', 'Expenses:Fees', amount))
      return [ledger.balance('Assets:Wallet', 'EUR'), ledger.holds.commit(id, { amounts: [1n, 1n] })]
    }
    if (what === 'change') return ledger.sql.run('UPDATE ledger_entries SET day = 1')
    if (what === 'abort-before') {
      // In the middle of the transaction: nothing of it may be there afterwards.
      ledger.sql.transaction(() => {
        ledger.post(sale(amount), options)
        this.#context.abort('before the commit')
        throw new Error('before the commit')
      })
    }
    if (what === 'abort-after') {
      ledger.post(sale(amount), options)
      await this.#context.storage.sync()
      this.#context.abort('after the commit')
    }
    return undefined
  }
}

interface Env {
  readonly Books: { idFromName(name: string): unknown; get(id: unknown): { fetch(request: Request): Promise<Response> } }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> | Response {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/healthz') return new Response('ok')
    return env.Books.get(env.Books.idFromName(searchParams.get('book') ?? 'one')).fetch(request)
  },
}
