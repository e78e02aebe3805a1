import type { AccountType } from '../types.ts'

/** Letters and words of hledger's `type:` tag. Cash is an asset; a conversion account is equity. */
const declared: Readonly<Record<string, AccountType>> = {
  a: 'asset',
  asset: 'asset',
  c: 'asset',
  cash: 'asset',
  l: 'liability',
  liability: 'liability',
  e: 'equity',
  equity: 'equity',
  v: 'equity',
  conversion: 'equity',
  r: 'revenue',
  revenue: 'revenue',
  x: 'expense',
  expense: 'expense',
}

/** What a `type:` tag says; nothing for a word hledger does not know. */
export function declaredType(tag: string): { readonly type: AccountType; readonly cash: boolean } | undefined {
  const word = tag.trim().toLowerCase()
  const type = Object.hasOwn(declared, word) ? declared[word] : undefined
  return type === undefined ? undefined : { type, cash: word === 'c' || word === 'cash' }
}

const names: readonly (readonly [RegExp, AccountType])[] = [
  [/^assets?(:|$)/i, 'asset'],
  [/^(debts?|liabilit(y|ies))(:|$)/i, 'liability'],
  [/^equity(:|$)/i, 'equity'],
  [/^(income|revenue)s?(:|$)/i, 'revenue'],
  [/^expenses?(:|$)/i, 'expense'],
]

/** What English root names say where nothing is declared, as in hledger ("Account types"). */
export const typeByName = (name: string): AccountType | undefined => names.find(([pattern]) => pattern.test(name))?.[1]
