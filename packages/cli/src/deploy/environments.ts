import { CommandError } from '../failure.ts'
import {
  type ClassChanges,
  classesAfter,
  type Migration,
  newBinding,
  type Plan,
  planDeployment,
  type WranglerConfig,
} from './plan.ts'

export interface DeploymentPlan extends Plan {
  /** Of each environment, by name. */
  readonly environments?: Readonly<Record<string, Plan>>
}

/**
 * `planDeployment` for the configuration and all its environments. An environment inherits no bindings, so each gets them; it inherits the
 * migrations, unless it has some of its own, which are then a history of their own.
 * https://developers.cloudflare.com/workers/wrangler/configuration/#non-inheritable-keys
 * @throws CommandError as `planDeployment`, naming the environment
 */
export function planAll(classes: readonly string[], config: WranglerConfig, changes: ClassChanges = {}): DeploymentPlan {
  const sections = Object.entries(config.env ?? {})
  const { rename = {}, remove = [] } = changes
  const apart = sections.flatMap(([, { migrations }]) => (migrations === undefined ? [] : [...classesAfter(migrations)]))
  // What is said of a class concerns the histories that have it. What none of them has is said of the first, which refuses it.
  const concerning = (history: readonly Migration[], orphans: boolean): ClassChanges => {
    const deployed = classesAfter(history)
    const concerns = (name: string) => deployed.has(name) || (orphans && !apart.includes(name))
    return {
      rename: Object.fromEntries(Object.entries(rename).filter(([from]) => concerns(from))),
      remove: remove.filter(concerns),
    }
  }
  const history = config.migrations ?? []
  const own = concerning(history, true)
  const whole = planDeployment(classes, config, own)
  const environments = sections.map(([name, section]): [string, Plan] => {
    const { migrations } = section
    if (migrations !== undefined)
      return [name, within(name, () => planDeployment(classes, section, concerning(migrations, false)))]
    const { bindings, changes } = planDeployment(classes, { ...section, migrations: history }, own)
    return [name, { bindings, migrations: [], changes: changes.filter((line) => line.startsWith(newBinding)) }]
  })
  const told = environments.flatMap(([name, plan]) => plan.changes.map((line) => `env.${name}: ${line}`))
  return { ...whole, changes: [...whole.changes, ...told], environments: Object.fromEntries(environments) }
}

function within<T>(environment: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof CommandError) throw new CommandError(error.code, `env.${environment}: ${error.message}`)
    throw error
  }
}
