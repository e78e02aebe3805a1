import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'

export interface StageServer {
  readonly workerd: Workerd
  /** Runs a scene in an object and gives what it answers, or its error as `{ code, field, message }`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  play(object: string, scene: string, input?: unknown): Promise<any>
  close(): Promise<void>
}

/** A worker made by `stageWorker` on a real workerd, with its data in a temporary folder. */
export async function startStage(entry: URL): Promise<StageServer> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'stage-'))
  const workerd = await launchWorkerd({ entry: fileURLToPath(entry), objects: ['Room'], dataFolder, outbound: ['local'] })
  return {
    workerd,
    play: async (object, scene, input = {}) => {
      const response = await fetch(`${workerd.url}/${object}/${encodeURIComponent(scene)}`, {
        method: 'POST',
        body: JSON.stringify(input),
      })
      return ((await response.json()) as { result: unknown }).result
    },
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
