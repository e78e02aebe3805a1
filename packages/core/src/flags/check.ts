import { refuse } from '@do/provider'
import { sameJson } from '../storage/json.ts'
import type { Flag, FlagRule, FlagSetting } from './types.ts'

const operators = new Set(['in', 'not', 'gte', 'lt', 'prefix'])

/** @throws ProviderError `invalid_flag` naming the field, `unknown_flag`, `flag_cycle` */
export function checkSetting(flag: Flag, setting: FlagSetting, find: (name: string) => Flag | undefined): FlagSetting {
  const { enabled, rules, prerequisites, ...more } = setting
  const unknown = Object.keys(more)[0]
  if (unknown !== undefined) throw invalid(flag, unknown, 'is not known. Set enabled, rules or prerequisites')
  if (typeof enabled !== 'boolean') throw invalid(flag, 'enabled', 'must be true or false')
  if (!Array.isArray(rules) || rules.length > 100) throw invalid(flag, 'rules', 'must be a list of at most 100 rules')
  rules.forEach((rule: FlagRule, index) => {
    checkRule(flag, rule, `rules.${index}`)
  })
  if (!Array.isArray(prerequisites) || prerequisites.length > 20)
    throw invalid(flag, 'prerequisites', 'must be a list of at most 20')
  prerequisites.forEach((prerequisite, index) => {
    if (typeof prerequisite !== 'object' || prerequisite === null)
      throw invalid(flag, `prerequisites.${index}`, 'must be a flag and its value')
    const { flag: name, value } = prerequisite
    const other = find(name)
    if (other === undefined)
      throw refuse('unknown_flag', `There is no flag "${String(name).slice(0, 100)}".`, { field: `prerequisites.${index}.flag` })
    if (!other.variants.some((variant) => sameJson(variant, value)))
      throw invalid(flag, `prerequisites.${index}.value`, `is not a variant of "${name}"`)
  })
  refuseCycle(
    flag.name,
    prerequisites.map(({ flag: name }) => name),
    find,
  )
  return { enabled, rules, prerequisites }
}

function checkRule(flag: Flag, rule: FlagRule, field: string): void {
  if (typeof rule !== 'object' || rule === null) throw invalid(flag, field, 'must be a rule')
  const { when = {}, from, until, percent, by, value, ...more } = rule
  const unknown = Object.keys(more)[0]
  if (unknown !== undefined) throw invalid(flag, `${field}.${unknown}`, 'is not known in a rule')
  if (!flag.variants.some((variant) => sameJson(variant, value)))
    throw invalid(flag, `${field}.value`, 'is not one of its variants')
  for (const [name, time] of [
    ['from', from],
    ['until', until],
  ] as const) {
    if (time !== undefined && !Number.isFinite(time)) throw invalid(flag, `${field}.${name}`, 'must be epoch milliseconds')
  }
  if (percent !== undefined && !(typeof percent === 'number' && percent >= 0 && percent <= 100))
    throw invalid(flag, `${field}.percent`, 'must be from 0 to 100')
  if (by !== undefined && (typeof by !== 'string' || by === ''))
    throw invalid(flag, `${field}.by`, 'must be the name of an attribute')
  if (typeof when !== 'object' || when === null || Array.isArray(when))
    throw invalid(flag, `${field}.when`, 'must be attributes with their conditions')
  for (const [attribute, condition] of Object.entries(when)) {
    const odd = typeof condition === 'object' && (condition === null || Object.keys(condition).some((key) => !operators.has(key)))
    if (odd || Array.isArray(condition))
      throw invalid(flag, `${field}.when.${attribute}`, 'must be a value, or in, not, gte, lt or prefix')
    if (typeof condition === 'object' && [condition.in, condition.not].some((list) => list !== undefined && !Array.isArray(list)))
      throw invalid(flag, `${field}.when.${attribute}`, 'needs a list for in and not')
    if (typeof condition !== 'object') continue
    const { gte, lt, prefix } = condition
    if ([gte, lt].some((bound) => bound !== undefined && !Number.isFinite(bound)))
      throw invalid(flag, `${field}.when.${attribute}`, 'needs a number for gte and lt')
    if (prefix !== undefined && typeof prefix !== 'string')
      throw invalid(flag, `${field}.when.${attribute}`, 'needs text for prefix')
  }
}

function refuseCycle(name: string, wanted: readonly string[], find: (name: string) => Flag | undefined): void {
  const visit = (flag: string, path: readonly string[]): void => {
    if (flag === name) {
      throw refuse('flag_cycle', `Prerequisites would go in a circle: ${[...path, flag].join(' → ')}. Leave one out.`, {
        field: 'prerequisites',
      })
    }
    for (const { flag: next } of find(flag)?.prerequisites ?? []) visit(next, [...path, flag])
  }
  for (const flag of wanted) visit(flag, [name])
}

function invalid(flag: Flag, field: string, what: string) {
  return refuse('invalid_flag', `${field} of the flag "${flag.name}" ${what}.`, { field })
}
