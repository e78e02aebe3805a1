import { existsSync, readFileSync } from 'node:fs'
import {
  applyEdits,
  createScanner,
  findNodeAtLocation,
  modify,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import { CommandError } from '../failure.ts'
import type { DeploymentPlan } from './environments.ts'
import type { Binding, Plan, Section, WranglerConfig } from './plan.ts'

const names = ['wrangler.jsonc', 'wrangler.json'] as const

/** The newest date whose behaviour the runtime is tested with; with it workerd has Node's modules without a flag. */
export const compatibilityDate = '2026-11-01'

const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }

export interface ConfigFile {
  readonly path: string
  /** The file as it is; `{}` when there is none yet. */
  readonly text: string
  readonly config: WranglerConfig
}

/**
 * The wrangler configuration of a folder.
 * @throws CommandError `unreadable_config` with the place, `toml_config` for the format that cannot be edited without losing comments.
 */
export function readConfig(folder: string, given?: string): ConfigFile {
  const path = given ?? names.map((name) => `${folder}/${name}`).find((name) => existsSync(name)) ?? `${folder}/wrangler.jsonc`
  if (path.endsWith('.toml') || (!existsSync(path) && existsSync(`${folder}/wrangler.toml`))) {
    throw new CommandError('toml_config', 'wrangler.toml cannot be kept up to date here. Convert it to wrangler.jsonc first.')
  }
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}\n'
  const errors: ParseError[] = []
  const config: unknown = parse(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error !== undefined || typeof config !== 'object' || config === null || Array.isArray(config)) {
    const line = text.slice(0, error?.offset ?? 0).split('\n').length
    const what = error === undefined ? 'is no object' : printParseErrorCode(error.error)
    throw new CommandError('unreadable_config', `${path}:${line} ${what}. Correct it and try again.`)
  }
  return { path, text, config }
}

/** The file with what the plan says, everything else and all comments left as they are. */
export function withPlan(
  { text, config }: ConfigFile,
  plan: DeploymentPlan,
  first: { readonly name: string; readonly main: string },
): string {
  const wanted: Value[] = []
  if (config.name === undefined) wanted.push([['name'], first.name])
  if (config.main === undefined) wanted.push([['main'], first.main])
  if (config.compatibility_date === undefined) wanted.push([['compatibility_date'], compatibilityDate])
  let next = withSection(withValues(text, wanted), [], config, plan)
  for (const [name, section] of Object.entries(config.env ?? {})) {
    const own = plan.environments?.[name]
    if (own !== undefined) next = withSection(next, ['env', name], section, own)
  }
  return next
}

/** One part of the file: the whole, or an environment at its path. */
function withSection(text: string, at: readonly string[], section: Section, plan: Plan): string {
  const bindings = [...at, 'durable_objects', 'bindings']
  const known = section.durable_objects?.bindings ?? []
  // Only when one goes is the list written anew, and comments between its lines with it.
  const whole = plan.bindings.length < known.length
  const edited = withValues(text, whole ? [[bindings, plan.bindings]] : changedBindings(bindings, known, plan.bindings))
  const bound = whole ? edited : withMore(edited, bindings, plan.bindings.slice(known.length))
  return withMore(bound, [...at, 'migrations'], plan.migrations.slice(section.migrations?.length ?? 0))
}

type Value = [path: (string | number)[], value: unknown]

function withValues(text: string, values: readonly Value[]): string {
  return values.reduce((now, [path, value]) => applyEdits(now, modify(now, path, value, { formattingOptions })), text)
}

function changedBindings(bindings: readonly string[], known: readonly Binding[], planned: readonly Binding[]): Value[] {
  return known.flatMap((binding, index) =>
    (['name', 'class_name'] as const)
      .filter((field) => binding[field] !== planned[index]?.[field])
      .map((field): Value => [[...bindings, index, field], planned[index]?.[field]]),
  )
}

/** Added as lines of their own before the end of the list: what was written of it before is not touched. */
function withMore(text: string, path: string[], added: readonly object[]): string {
  if (added.length === 0) return text
  const root = parseTree(text, [], { allowTrailingComma: true })
  const list = root === undefined ? undefined : findNodeAtLocation(root, path)
  const last = list?.children?.at(-1)
  if (list === undefined || last === undefined) {
    return applyEdits(text, modify(text, path, added, { formattingOptions }))
  }
  const indent = '  '.repeat(path.length + 1)
  const afterLast = last.offset + last.length
  const scanner = createScanner(text, true)
  scanner.setPosition(afterLast)
  scanner.scan()
  const comma = text[scanner.getTokenOffset()] === ',' ? '' : ','
  const end = text.slice(0, list.offset + list.length - 1).trimEnd().length
  const lines = added.map((item) => `\n${indent}${JSON.stringify(item)}`).join(',')
  return text.slice(0, afterLast) + comma + text.slice(afterLast, end) + lines + text.slice(end)
}
