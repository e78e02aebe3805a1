import { CommandError } from '../failure.ts'

/** The part of a wrangler configuration that is managed here; the rest is left as it stands. */
export interface WranglerConfig extends Section {
  readonly name?: string
  readonly main?: string
  readonly compatibility_date?: string
  readonly env?: Readonly<Record<string, Section>>
}

/** The configuration itself, or one of its environments. */
export interface Section {
  readonly durable_objects?: { readonly bindings?: readonly Binding[] }
  readonly migrations?: readonly Migration[]
}

export interface Binding {
  readonly name: string
  readonly class_name: string
  /** Set when the class lives in another Worker: such a binding is not ours. */
  readonly script_name?: string
}

/** https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/ */
export interface Migration {
  readonly tag: string
  readonly new_sqlite_classes?: readonly string[]
  readonly new_classes?: readonly string[]
  readonly renamed_classes?: readonly { readonly from: string; readonly to: string }[]
  readonly deleted_classes?: readonly string[]
  readonly transferred_classes?: readonly { readonly from: string; readonly to: string }[]
}

/** What the user says of classes that are gone from the code: nothing is guessed, since data hangs on it. */
export interface ClassChanges {
  /** Old name → new name: the objects and their data go on under the new name. */
  readonly rename?: Readonly<Record<string, string>>
  /** Classes whose objects are deleted with everything in them. */
  readonly remove?: readonly string[]
}

export interface Plan {
  readonly bindings: readonly Binding[]
  readonly migrations: readonly Migration[]
  /** What changes, a line each; empty when the configuration says it all already. */
  readonly changes: readonly string[]
}

/** How a line of the changes begins that tells of one. */
export const newBinding = 'new binding '

/**
 * Bindings and migrations that fit the exported classes. The history in the configuration is only ever added to.
 * @throws CommandError `class_gone`, `rename_unknown`, `rename_target`, `remove_unknown`, `remove_exported`: before anything is written.
 */
export function planDeployment(
  classes: readonly string[],
  config: Section,
  { rename = {}, remove = [] }: ClassChanges = {},
): Plan {
  const history = config.migrations ?? []
  const deployed = classesAfter(history)
  checkChanges(classes, deployed, rename, remove)

  const renamed = Object.entries(rename).map(([from, to]) => ({ from, to }))
  const fresh = classes.filter((name) => !deployed.has(name) && !renamed.some(({ to }) => to === name))
  const step: Omit<Migration, 'tag'> = {
    ...(fresh.length === 0 ? {} : { new_sqlite_classes: fresh }),
    ...(renamed.length === 0 ? {} : { renamed_classes: renamed }),
    ...(remove.length === 0 ? {} : { deleted_classes: remove }),
  }
  const migrations = Object.keys(step).length === 0 ? history : [...history, { tag: nextTag(history), ...step }]
  const bindings = bindingsFor(classes, config.durable_objects?.bindings ?? [], rename)
  return {
    bindings,
    migrations,
    changes: [
      ...fresh.map((name) => `new class ${name}, with a SQLite database for each object`),
      ...renamed.map(({ from, to }) => `class ${from} is called ${to} from now on, with the same objects and data`),
      ...remove.map((name) => `class ${name} is DELETED with all its objects and their data`),
      ...bindings
        .filter(({ name }) => !(config.durable_objects?.bindings ?? []).some((known) => known.name === name))
        .map(({ name }) => newBinding + name),
    ],
  }
}

/** The classes that exist once all these migrations have run. */
export function classesAfter(history: readonly Migration[]): Set<string> {
  const classes = new Set<string>()
  for (const migration of history) {
    for (const name of [...(migration.new_classes ?? []), ...(migration.new_sqlite_classes ?? [])]) classes.add(name)
    for (const { from, to } of migration.renamed_classes ?? []) {
      classes.delete(from)
      classes.add(to)
    }
    for (const { to } of migration.transferred_classes ?? []) classes.add(to)
    for (const name of migration.deleted_classes ?? []) classes.delete(name)
  }
  return classes
}

function checkChanges(
  classes: readonly string[],
  deployed: ReadonlySet<string>,
  rename: Readonly<Record<string, string>>,
  remove: readonly string[],
): void {
  const targets = new Set<string>()
  for (const [from, to] of Object.entries(rename)) {
    if (!deployed.has(from)) {
      throw new CommandError('rename_unknown', `There is no deployed class ${from} to rename. Deployed: ${list(deployed)}.`)
    }
    if (classes.includes(from)) {
      throw new CommandError('rename_unknown', `${from} is still exported, so it cannot become ${to}. Remove one of the two.`)
    }
    if (!classes.includes(to) || deployed.has(to) || targets.has(to)) {
      throw new CommandError('rename_target', `${from} cannot become ${to}: export a new class ${to}, for one old class only.`)
    }
    targets.add(to)
  }
  for (const name of remove) {
    if (!deployed.has(name) || name in rename) {
      throw new CommandError('remove_unknown', `There is no deployed class ${name} to delete. Deployed: ${list(deployed)}.`)
    }
    if (classes.includes(name)) {
      throw new CommandError('remove_exported', `${name} is still exported. Take it out of the code before its data is deleted.`)
    }
  }
  const gone = [...deployed].filter((name) => !classes.includes(name) && !(name in rename) && !remove.includes(name))
  if (gone.length > 0) {
    const [name] = gone
    throw new CommandError(
      'class_gone',
      `${list(gone)} ${gone.length === 1 ? 'is' : 'are'} deployed but no longer exported. Say what becomes of the objects: ` +
        `--rename ${name}=NewName keeps them, --delete ${name} deletes them with all their data.`,
    )
  }
}

/** Ours follow the classes; bindings to other Workers, and further ones to the same class, stay. */
function bindingsFor(
  classes: readonly string[],
  known: readonly Binding[],
  rename: Readonly<Record<string, string>>,
): readonly Binding[] {
  const kept = known
    .map((binding) => {
      const to = binding.script_name === undefined ? rename[binding.class_name] : undefined
      // A binding under the class's own name goes with it; one that the author has named keeps its name.
      return to === undefined
        ? binding
        : { ...binding, name: binding.name === binding.class_name ? to : binding.name, class_name: to }
    })
    .filter(({ script_name, class_name }) => script_name !== undefined || classes.includes(class_name))
  const missing = classes.filter(
    (name) => !kept.some(({ class_name, script_name }) => class_name === name && script_name === undefined),
  )
  return [...kept, ...missing.map((name) => ({ name, class_name: name }))]
}

function nextTag(history: readonly Migration[]): string {
  const used = new Set(history.map(({ tag }) => tag))
  let number = history.length + 1
  while (used.has(`v${number}`)) number++
  return `v${number}`
}

function list(names: Iterable<string>): string {
  return [...names].join(', ') || 'none'
}
