import type { AccountInput, AccountType, Ledger } from '../types.ts'
import { declaredType, typeByName } from './account-types.ts'
import { journalError, refusedAt } from './journal-error.ts'
import type { Journal, Tags } from './journal-parse.ts'

/** Opens the accounts that are declared or posted to. `close` closes those that the journal's book had closed. */
export function openAccounts(
  ledger: Ledger,
  journal: Journal,
  types: Readonly<Record<string, AccountType>>,
  code: (commodity: string, line: number) => string,
): { readonly opened: number; readonly close: () => void } {
  const declared = new Map(journal.accounts.map((account) => [account.name, account]))
  const lines = new Map<string, number>()
  for (const { name, line } of journal.accounts) lines.set(name, line)
  for (const { postings } of journal.transactions) {
    for (const { account, line } of postings) if (!lines.has(account)) lines.set(account, line)
  }
  const typeOf = (name: string): { readonly type: AccountType; readonly cash: boolean } | undefined => {
    const tag = declared.get(name)?.tags.get('type')
    if (tag !== undefined) {
      const found = declaredType(tag)
      if (found === undefined) throw journalError('account_type', lines.get(name) ?? 0, `type:${tag} is no type of account.`)
      return found
    }
    if (types[name] !== undefined && Object.hasOwn(types, name)) return { type: types[name], cash: false }
    const parent = name.includes(':') ? name.slice(0, name.lastIndexOf(':')) : undefined
    // Cash is inherited, as the type is.
    return parent === undefined ? undefined : typeOf(parent)
  }
  const before = ledger.accounts.list().length
  const closed: string[] = []
  // Parents first, whatever the order of the directives: a child has its parent's type.
  for (const [name, line] of [...lines].sort(([one], [other]) => one.split(':').length - other.split(':').length)) {
    const wanted = typeOf(name)
    const known = ledger.accounts.get(name)
    const type = wanted?.type ?? typeInBooks(ledger, name) ?? typeByName(name)
    if (type === undefined) {
      throw journalError(
        'account_type',
        line,
        `the type of ${name} is not known: add "account ${name}  ; type:A" or the option types.`,
      )
    }
    const tags = declared.get(name)?.tags ?? new Map<string, string>()
    if (journal.own && tags.has('ledger-closed') && known?.closedAt === undefined) closed.push(name)
    if (known !== undefined) {
      if (known.type === type) continue
      throw journalError('account_type', line, `${name} is of type ${type} here and of type ${known.type} in the books.`)
    }
    refusedAt(line, () =>
      ledger.accounts.open(inputOf(name, type, wanted?.cash ?? false, tags, journal.own, (one) => code(one, line))),
    )
  }
  return {
    // Parents that nobody declared were opened with their children.
    opened: ledger.accounts.list().length - before,
    close: () => {
      for (const name of closed) refusedAt(lines.get(name) ?? 0, () => ledger.accounts.close(name))
    },
  }
}

/** Of the account, or of the nearest parent that is there. */
function typeInBooks(ledger: Ledger, name: string): AccountType | undefined {
  const type = ledger.accounts.get(name)?.type
  return type ?? (name.includes(':') ? typeInBooks(ledger, name.slice(0, name.lastIndexOf(':'))) : undefined)
}

function inputOf(
  name: string,
  type: AccountType,
  cash: boolean,
  tags: Tags,
  own: boolean,
  code: (commodity: string) => string,
): AccountInput {
  const free = [...tags].filter(([tag]) => tag !== 'type' && !(own && tag.startsWith('ledger-')))
  const metadata = Object.fromEntries(free.map(([tag, value]) => [tag.replace(/^\0/, ''), value]))
  const more = Object.keys(metadata).length === 0 ? {} : { metadata }
  if (!own) return { name, type, ...(cash ? { cash } : {}), ...more }
  const [minimum, maximum, currencies] = [tags.get('ledger-minimum'), tags.get('ledger-maximum'), tags.get('ledger-currencies')]
  const bounds = {
    ...(minimum === undefined ? {} : { min: BigInt(minimum) }),
    ...(maximum === undefined ? {} : { max: BigInt(maximum) }),
  }
  return {
    name,
    type,
    ...(cash || tags.has('ledger-cash') ? { cash: true } : {}),
    ...(tags.has('ledger-clearing') ? { clearing: true } : {}),
    ...(Object.keys(bounds).length === 0 ? {} : { bounds }),
    ...(currencies === undefined ? {} : { currencies: currencies.split(' ').map(code) }),
    ...more,
  }
}
