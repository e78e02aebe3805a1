import { DurableObject } from 'cloudflare:workers'
import { type DurableStorage, durableSqlite } from '@do/ledger/durable'
import { openOurs } from './ours.ts'
import { check, insertAccount, postRow, tables } from './raw.ts'
import { accountCount, type Transfer, transfers } from './work.ts'

interface Books {
  post(transfer: Transfer): void
  postAll(batch: readonly Transfer[]): void
  check(entries: number): void
}

/** One object is one measurement: `/prepare`, then `/post` (timed by the caller), then `/check`. */
abstract class Measured extends DurableObject {
  #books: Books | undefined
  #transfers: Transfer[] = []

  abstract open(storage: DurableStorage): Books

  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const size = Number(searchParams.get('size'))
    if (pathname === '/prepare') {
      this.#books = this.open(this.ctx.storage)
      this.#transfers = transfers(Number(searchParams.get('count')))
    } else if (pathname === '/post') {
      if (size === 1) for (const transfer of this.#transfers) this.#books?.post(transfer)
      else {
        for (let from = 0; from < this.#transfers.length; from += size) {
          this.#books?.postAll(this.#transfers.slice(from, from + size))
        }
      }
    } else {
      this.#books?.check(this.#transfers.length)
      await this.ctx.storage.deleteAll()
    }
    return new Response('done')
  }
}

export class RawBooks extends Measured {
  open(storage: DurableStorage): Books {
    const run = (statement: string, ...parameters: (string | number | null)[]) => void storage.sql.exec(statement, ...parameters)
    for (const statement of tables) run(statement)
    for (let index = 1; index <= accountCount; index++) run(insertAccount, index, `a${index}`)
    return {
      post: (transfer) => storage.transactionSync(() => postRow(run, transfer)),
      postAll: (batch) =>
        storage.transactionSync(() => {
          for (const transfer of batch) postRow(run, transfer)
        }),
      check: (entries) => {
        const [found] = storage.sql.exec(check).toArray()
        const expected = { unbalanced: 0, unbalancedDays: 0, entries, events: entries, wrong: 0 }
        if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`The books are wrong: ${JSON.stringify(found)}`)
      },
    }
  }
}

export class OurBooks extends Measured {
  open(storage: DurableStorage): Books {
    return openOurs(durableSqlite(storage))
  }
}

interface Env {
  readonly RawBooks: Namespace
  readonly OurBooks: Namespace
}

interface Namespace {
  idFromName(name: string): unknown
  get(id: unknown): { fetch(request: Request): Promise<Response> }
}

export default {
  fetch(request: Request, env: Record<string, Namespace> & Env): Promise<Response> | Response {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/healthz') return new Response('ok')
    const namespace = searchParams.get('books') === 'raw' ? env.RawBooks : env.OurBooks
    return namespace.get(namespace.idFromName(searchParams.get('name') ?? '')).fetch(request)
  },
}
