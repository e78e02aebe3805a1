import { sameJson } from '../storage/json.ts'
import type { Condition, Evaluation, Flag, FlagRule, Subject } from './types.ts'

/** What a flag is for a subject. Prerequisites have no cycles: `set` refuses them. */
export function evaluateFlag(flag: Flag, subject: Subject, now: number, find: (name: string) => Flag | undefined): Evaluation {
  const { version } = flag
  if (!flag.enabled) return { value: flag.default, reason: 'off', version }
  for (const { flag: name, value } of flag.prerequisites) {
    const other = find(name)
    if (other === undefined || !sameJson(evaluateFlag(other, subject, now, find).value, value)) {
      return { value: flag.default, reason: 'prerequisite', prerequisite: name, version }
    }
  }
  const rule = flag.rules.findIndex((candidate) => holds(flag.name, candidate, subject, now))
  const decided = flag.rules[rule]
  return decided === undefined
    ? { value: flag.default, reason: 'default', version }
    : { value: decided.value, reason: 'rule', rule, version }
}

function holds(name: string, { when = {}, from, until, percent, by = 'user' }: FlagRule, subject: Subject, now: number): boolean {
  if ((from !== undefined && now < from) || (until !== undefined && now >= until)) return false
  const own = (attribute: string) => (Object.hasOwn(subject, attribute) ? subject[attribute] : undefined)
  if (!Object.entries(when).every(([attribute, condition]) => meets(own(attribute), condition))) return false
  if (percent === undefined) return true
  const chosen = own(by)
  return chosen !== undefined && bucketOf(`${name}/${by}/${chosen}`) < percent * 1_000
}

function meets(value: string | number | boolean | undefined, condition: Condition): boolean {
  if (value === undefined) return false
  if (typeof condition !== 'object') return value === condition
  const { in: allowed, not, gte, lt, prefix } = condition
  return (
    (allowed === undefined || allowed.includes(value)) &&
    (not === undefined || !not.includes(value)) &&
    (gte === undefined || (typeof value === 'number' && value >= gte)) &&
    (lt === undefined || (typeof value === 'number' && value < lt)) &&
    (prefix === undefined || (typeof value === 'string' && value.startsWith(prefix)))
  )
}

/** 0 to 99,999, evenly: MurmurHash3's finish over FNV-1a, since the latter alone is uneven for texts that differ at their end. */
export function bucketOf(text: string): number {
  let sum = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193)
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35)
  return ((sum ^ (sum >>> 16)) >>> 0) % 100_000
}
