import type { Rounding } from './rates.ts'
import type { Tables } from './schema.ts'

/**
 * An amount in minor units (cents, yen, fils), exact to 2^63 - 1. The ledger knows nothing of digits after the point: the
 * exponent belongs to the currency's row (`currencies`), and matters only where amounts are shown, read or exchanged.
 */
export interface Money {
  readonly amount: bigint
  /** ISO 4217, or any other code of 2 to 12 capital letters and digits (points, tokens). */
  readonly currency: string
}

/** A calendar day, `2026-11-21`. */
export type Day = string

/** An instant in ISO 8601, UTC. */
export type Instant = string

/** Any SQLite with a synchronous interface. Integers that may pass 2^53 are bound and read as text. */
export interface Sql {
  /** Runs one statement and gives its rows. Parameters are text, safe integers, floats or null; never a bigint. */
  all<Row extends object = Record<string, SqlValue>>(statement: string, ...parameters: readonly SqlValue[]): Row[]
  /** Runs one statement that gives no rows. */
  run(statement: string, ...parameters: readonly SqlValue[]): void
  /** All or nothing. Inside another transaction it is a part of that one. */
  transaction<T>(work: () => T): T
}

export type SqlValue = string | number | null

/** The five kinds of account. Assets and expenses grow on the debit side, the others on the credit side. */
export type AccountType = 'asset' | 'liability' | 'equity' | 'revenue' | 'expense'

export type Side = 'debit' | 'credit'

export interface AccountInput {
  /** Its place in the tree, from the root: `Assets:Stripe:Available`. Segments may hold anything but ":" and control characters. */
  readonly name: string
  /** May be left out where a parent says it. A child has its parent's type. */
  readonly type?: AccountType
  /** Only these currencies may be posted. Default: any. */
  readonly currencies?: readonly string[]
  /** Its cash flows are what the cash flow statement shows. */
  readonly cash?: boolean
  /** It may not go below zero on its normal side, pending holds counted. */
  readonly guarded?: boolean
  /**
   * Its balance (normal side, minor units, each currency by itself, without the accounts below it) stays within these bounds,
   * pending holds counted. Zero must lie within them. `guarded` is `min: 0n`.
   */
  readonly bounds?: { readonly min?: bigint; readonly max?: bigint }
  /** It is a clearing account: it must come back to zero; `reports` lists how long it has not been. */
  readonly clearing?: boolean
  readonly metadata?: Readonly<Record<string, string>>
}

/** Null takes a limit away. */
export interface AccountChanges {
  readonly currencies?: readonly string[] | null
  readonly cash?: boolean
  readonly clearing?: boolean
  readonly bounds?: { readonly min?: bigint; readonly max?: bigint } | null
  readonly metadata?: Readonly<Record<string, string>> | null
}

export interface Account extends AccountInput {
  readonly type: AccountType
  /** The row that lines point to. */
  readonly id: number
  readonly openedAt: Instant
  /** A closed account takes no new lines. */
  readonly closedAt?: Instant
}

/** One leg of an entry. The amount is above zero; the side says which way. */
export interface Line {
  readonly account: string
  readonly side: Side
  readonly amount: bigint
  readonly currency: string
  /**
   * "At most this much": the line takes what the bounds of its account allow, and the one line on the other side of its currency
   * takes as much less. Nothing at all to take is an `overdraft`.
   */
  readonly upTo?: boolean
  /** Open item this line opens or settles (an invoice number): aged receivables group by it. */
  readonly item?: string
  /** When an opened item is due. */
  readonly due?: Day
}

export interface EntryInput {
  /** The day it takes effect in the books. */
  readonly date: Day
  readonly description: string
  readonly lines: readonly Line[]
  readonly metadata?: Readonly<Record<string, string>>
}

export type EntryState = 'draft' | 'posted'

export interface Entry extends EntryInput {
  readonly id: string
  /** Gapless, 1..n, in the order of posting. Absent while a draft. */
  readonly sequence?: number
  readonly state: EntryState
  readonly recordedAt: Instant
  /** The idempotency key it was posted under; a digest of what was asked where the entry itself does not say it. */
  readonly key?: string
  readonly request?: string
  /** The draft or the hold it came from. */
  readonly draft?: string
  readonly hold?: string
  /** The entry that this one reverses, and the one that reverses this one. */
  readonly reverses?: string
  readonly reversedBy?: string
  /** SHA-256 over this entry and the hash before it, in hex. Absent while a draft. */
  readonly hash?: string
}

export interface PostOptions {
  /**
   * The same key with the same request gives what was done then and does nothing, with another request it is
   * `idempotency_key_reused`. A key whose request the books refused answers `refused`, and never pretends to have been applied.
   */
  readonly key?: string
  /**
   * The way out of a refusal, once its reason is gone and whoever asked has agreed: tries the same request again under the same
   * key. Of no effect where the key was applied: nothing is ever done twice. (Another key is the other way.)
   */
  readonly retryRefused?: boolean
}

export interface HoldInput {
  readonly date: Day
  readonly description: string
  readonly lines: readonly Line[]
  /** Epoch milliseconds after which it is void by itself. */
  readonly expiresAt?: number
  readonly metadata?: Readonly<Record<string, string>>
}

export type HoldState = 'pending' | 'committed' | 'voided' | 'expired'

export interface Hold extends HoldInput {
  readonly id: string
  readonly state: HoldState
  readonly createdAt: Instant
  readonly resolvedAt?: Instant
  readonly key?: string
  readonly request?: string
  /** The entry that the commit posted. */
  readonly entry?: string
}

/** A balance on the account's normal side, in minor units: below zero when it stands on the other side. */
export interface Balance {
  readonly account: string
  readonly currency: string
  readonly posted: bigint
  /** Sums of pending holds; zero for a point in the past. */
  readonly pendingDebit: bigint
  readonly pendingCredit: bigint
}

/** What stands on one item of an account, in minor units. It is open while debit and credit differ. */
export interface OpenItem {
  readonly item: string
  readonly currency: string
  readonly debit: bigint
  readonly credit: bigint
  /** Effective day of its first line and of its last. */
  readonly from: Day
  readonly to: Day
  /** The earliest due day that a line gave. */
  readonly due?: Day
}

export interface ItemCount {
  readonly open: number
  readonly settled: number
}

export interface At {
  /** As of the end of this day. Default: everything. */
  readonly effective?: Day
  /** As it was known when this entry had been posted (its sequence), or at this instant. Default: all that is known now. */
  readonly known?: number | Instant
}

/** A change of the books, told inside the transaction that makes it: what change capture writes down. */
export interface LedgerMutation {
  readonly collection: 'currencies' | 'accounts' | 'entries' | 'drafts' | 'holds' | 'refusals' | 'periods' | 'prices'
  readonly operation: 'create' | 'update' | 'delete'
  readonly key: string
  readonly before?: object
  readonly after?: object
}

export interface LedgerOptions {
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
  /** Prefix of the tables, so that several ledgers may share a database. Default `ledger`. */
  readonly prefix?: string
  /** Told of every change, inside its transaction. */
  readonly onMutation?: (mutation: LedgerMutation) => void
}

/** A price of one unit of `currency` in `in`, exact: the decimal text. */
export interface Price {
  readonly date: Day
  readonly currency: string
  readonly in: string
  /** Whole units to whole units, such as "1.0842". */
  readonly rate: string
}

/** The books. Every method is synchronous: it is called inside one object or process, next to its database. */
export interface Ledger {
  readonly sql: Sql
  /** Names of its tables: schema.ts says what is in them. Read as you like; write only through the ledger. */
  readonly tables: Tables
  readonly currencies: {
    /** Says how many digits after the point a currency has. ISO 4217 is known beforehand. @throws LedgerError `currency_in_use` when it would change amounts that exist. */
    define(currency: string, exponent: number): void
    /** @throws LedgerError `unknown_currency`. */
    exponent(currency: string): number
  }
  readonly accounts: {
    /** Opens an account, and the parents it needs. Opening it again as it is changes nothing. */
    open(account: AccountInput): Account
    get(name: string): Account | undefined
    /** All, or those below a parent, in the order of the tree. */
    list(below?: string): Account[]
    /** Changes what is given and leaves the rest. @throws LedgerError `overdraft` where balances lie outside the new bounds. */
    change(name: string, changes: AccountChanges): Account
    /** @throws LedgerError `account_not_empty`. */
    close(name: string): Account
    reopen(name: string): Account
  }
  /** @throws LedgerError with the code of what is wrong; nothing is written then. */
  post(entry: EntryInput, options?: PostOptions): Entry
  /** Many at once, all or nothing, by few statements: the way to import. */
  postAll(
    entries: readonly { readonly entry: EntryInput; readonly key?: string }[],
    options?: Pick<PostOptions, 'retryRefused'>,
  ): Entry[]
  /** Open drafts, in the order they were made. */
  drafts(): Entry[]
  draft(entry: EntryInput): Entry
  /** Changes or drops a draft. */
  redraft(id: string, entry: EntryInput): Entry
  discard(id: string): void
  postDraft(id: string, options?: PostOptions): Entry
  /** Posts the opposite, once. @throws LedgerError `already_reversed`. */
  reverse(id: string, options?: PostOptions & { readonly date?: Day; readonly description?: string }): Entry
  entry(id: string): Entry | undefined
  /** By sequence, gapless; `after` is exclusive. */
  entries(filter?: {
    readonly after?: number
    readonly limit?: number
    readonly account?: string
    readonly from?: Day
    readonly to?: Day
    readonly metadata?: Readonly<Record<string, string>>
  }): Entry[]
  /** What became of a key. */
  outcome(key: string): Outcome
  readonly holds: {
    place(hold: HoldInput, options?: PostOptions): Hold
    /**
     * Posts it, whole or in part (amounts per line, in order, 0n leaves a line out); the rest is let go. A hold is resolved once:
     * only the same key gives the same answer again. @throws LedgerError `hold_resolved`.
     */
    commit(id: string, options?: PostOptions & { readonly amounts?: readonly bigint[]; readonly date?: Day }): Hold
    /** Lets it go. Voiding again changes nothing. @throws LedgerError `hold_resolved` when it was committed. */
    void(id: string): Hold
    get(id: string): Hold | undefined
    list(state?: HoldState): Hold[]
    /** Voids what has expired; answers how many, and when the next one will. */
    expire(): { readonly expired: number; readonly next?: number }
  }
  balance(account: string, currency: string, at?: At): Balance
  /** Of the account and everything below it, per currency. */
  balances(account?: string, at?: At): Balance[]
  /**
   * Lines of an account by their `item`, summed, oldest first: what is open, or (with `item`) what became of one. The items of
   * a clearing account must all come to zero. `limit` gives the oldest ones.
   */
  items(account: string, filter?: { readonly item?: string; readonly open?: boolean; readonly limit?: number }): OpenItem[]
  /** How many items of an account are open and how many have come to zero, each currency of an item by itself. */
  countItems(account: string): ItemCount
  readonly periods: {
    /** Nothing may be posted with a date up to this one. An earlier day than what is locked changes nothing. */
    lock(through: Day): void
    /** The last locked day. */
    locked(): Day | undefined
    /** Needs a reason, which is kept. */
    unlock(through: Day | undefined, reason: string): void
  }
  readonly prices: {
    set(price: Price): void
    /** The last price on or before the day, direct or inverse. */
    get(currency: string, into: string, day: Day): Price | undefined
    list(): Price[]
    /**
     * What an amount is worth in another currency on a day: exact, rounded once (half to even unless said otherwise). Undefined
     * where no price is known.
     */
    value(money: Money, into: string, day: Day, rounding?: Rounding): Money | undefined
  }
  /** Recomputes everything from the lines: sums, balances, daily balances, sequence, hashes. Reads the whole book. */
  verify(): Verification
}

export type Outcome =
  | { readonly state: 'absent' }
  /** The entry it posted, or the hold it placed. */
  | { readonly state: 'applied'; readonly entry?: string; readonly hold?: string }
  | { readonly state: 'refused'; readonly code: string; readonly message: string; readonly at: Instant }

export interface Verification {
  readonly ok: boolean
  readonly entries: number
  /** The hash of the last entry: kept elsewhere, it proves that everything up to it is as it was. */
  readonly head?: string
  /** What is wrong, where: an invariant's name, and a sentence. */
  readonly problems: readonly Problem[]
}

/** What must hold in every book; the README says each in a sentence. */
export type Invariant =
  | 'balanced'
  | 'balances'
  | 'days'
  | 'chain'
  | 'sequence'
  | 'keys'
  | 'bounds'
  | 'holds'
  | 'reversals'
  | 'equation'
  | 'accounts'
  | 'tags'

export interface Problem {
  readonly invariant: Invariant
  readonly where: string
  readonly message: string
}
