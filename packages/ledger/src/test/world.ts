import { DatabaseSync } from 'node:sqlite'
import { nodeSqlite } from '../sql/node.ts'
import type { Ledger, LedgerMutation, LedgerOptions, Sql } from '../types.ts'
import { type FaultySql, faulty } from './faults.ts'
import { createModel, type Model } from './model.ts'
import { type Random, random } from './random.ts'

/** What is tried: the ledger itself, or one with a defect. */
export interface Subject {
  openLedger(sql: Sql, options: LedgerOptions): Ledger
  replay(sql: Sql, mutations: Iterable<LedgerMutation>): void
  allocate(amount: bigint, weights: readonly number[]): bigint[]
}

export interface Violation {
  readonly invariant: string
  readonly message: string
  readonly step: number
}

/** One book, its model, and everything that happens to them. */
export interface World {
  readonly subject: Subject
  readonly database: DatabaseSync
  readonly sql: FaultySql
  readonly random: Random
  readonly model: Model
  /** What was told of changes that stayed. */
  readonly log: LedgerMutation[]
  readonly violations: Violation[]
  ledger: Ledger
  step: number
  violated(invariant: string, message: string): void
  /** A new process on the same data. */
  reopen(): void
}

export const currencies = ['USD', 'EUR', 'JPY', 'KWD'] as const

const accounts = [
  ['Assets:Bank', 'asset', {}],
  ['Assets:Wallet', 'asset', { guarded: true }],
  ['Assets:Cash', 'asset', { bounds: { min: -500n, max: 5000n } }],
  ['Assets:Dollars', 'asset', { currencies: ['USD'] }],
  ['Liabilities:Customers', 'liability', { guarded: true }],
  ['Liabilities:Tax', 'liability', {}],
  ['Equity:Trading', 'equity', {}],
  ['Revenue:Sales', 'revenue', {}],
  ['Expenses:Fees', 'expense', {}],
] as const

export const names = accounts.map(([name]) => name)

export function createWorld(subject: Subject, seed: number): World {
  const database = new DatabaseSync(':memory:')
  const sql = faulty(nodeSqlite(database))
  const model = createModel(Date.UTC(2026, 0, 1))
  const log: LedgerMutation[] = []
  const open = () => subject.openLedger(sql, { now: () => model.now, onMutation: (mutation) => log.push(mutation) })
  const world: World = {
    subject,
    database,
    sql,
    random: random(seed),
    model,
    log,
    violations: [],
    ledger: open(),
    step: 0,
    violated: (invariant, message) => world.violations.push({ invariant, message, step: world.step }),
    reopen: () => {
      world.ledger = open()
    },
  }
  for (const [name, type, more] of accounts) {
    world.ledger.accounts.open({ name, type, ...more })
    const { bounds } = more as { readonly bounds?: { readonly min: bigint; readonly max: bigint } }
    model.accounts.set(name, {
      type,
      normal: type === 'asset' || type === 'expense' ? 1n : -1n,
      min: 'guarded' in more ? 0n : bounds?.min,
      max: bounds?.max,
      currencies: 'currencies' in more ? more.currencies : undefined,
      closed: false,
      debit: new Map(),
      credit: new Map(),
    })
  }
  return world
}
