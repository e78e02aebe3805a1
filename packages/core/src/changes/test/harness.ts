import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'
import { until } from '../../test/harness.ts'

export { until }

export interface Nodes {
  readonly workerd: Workerd
  /** Runs a scenario inside the object at a path such as `/tenant/a`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  run(path: string, scenario: string, input?: unknown): Promise<any>
  /** The same by GET: also while writes are refused. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  look(path: string, scenario: string, input?: unknown): Promise<any>
  /** Resolves when nothing is stored there any more. */
  gone(path: string): Promise<unknown>
  url(path: string): string
  close(): Promise<void>
}

export const order = (total: number) => ({ total, currency: 'EUR' })

/** Nodes for the tests of a file, up before them and gone afterwards. `child` makes an object below another. */
export function nodesForAll() {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes()
  })
  afterAll(() => nodes.close())
  const run: Nodes['run'] = (...asked) => nodes.run(...asked)
  const url = (path: string) => nodes.url(path)
  return {
    run,
    look: ((...asked) => nodes.look(...asked)) as Nodes['look'],
    gone: (path: string) => nodes.gone(path),
    url,
    child: (at: string, parent: string) => run(at, 'create', { context: url(parent) }),
    workerd: () => nodes.workerd,
  }
}

const objects = ['Business', 'Saas', 'Tenant', 'Terse', 'Changing', 'Short', 'Quiet', 'Small', 'Switched', 'Guarded']
const origin = 'http://nodes.test'

/** The test worker on a real workerd. */
export async function startNodes(): Promise<Nodes> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'nodes-'))
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const workerd = await launchWorkerd({ entry, objects, dataFolder, env: { ORIGIN: origin }, outbound: ['local'] })
  const ask = async (path: string, scenario: string, query: string, init: RequestInit) => {
    const response = await fetch(`${workerd.url}${path}/scenario/${encodeURIComponent(scenario)}${query}`, init)
    const body = await response.json()
    return response.ok ? (body as { result: unknown }).result : body
  }
  const look = (path: string, scenario: string, input: unknown = null) =>
    ask(path, scenario, `?${new URLSearchParams({ input: JSON.stringify(input) })}`, {})
  return {
    workerd,
    url: (path) => origin + path,
    run: (path, scenario, input = null) =>
      ask(path, scenario, '', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'request-1' },
        body: JSON.stringify(input),
      }),
    look,
    gone: (path) =>
      until(
        () => look(path, 'exists'),
        (exists) => exists === false,
      ),
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
