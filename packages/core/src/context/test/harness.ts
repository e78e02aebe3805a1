import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'
import type { Answer } from '../../test/harness.ts'

export interface Neighbours {
  readonly workerd: Workerd
  request(path: string, init?: RequestInit): Promise<Answer>
  /** Runs a scenario inside a desk. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  scenario(name: string, asked?: object, desk?: string, headers?: Record<string, string>): Promise<any>
  close(): Promise<void>
}

export async function startNeighbours(): Promise<Neighbours> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'neighbours-'))
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const objects = ['Customer', 'Folder', 'Desk', 'Bare']
  const workerd = await launchWorkerd({ entry, objects, dataFolder, outbound: ['local'] })
  const request = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await fetch(workerd.url + path, init)
    const text = await response.text()
    const json = text !== '' && /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
  }
  return {
    workerd,
    request,
    scenario: async (name, asked = {}, desk = 'main', headers = {}) => {
      const answer = await request(`/desk/${desk}/scenario/${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(asked),
      })
      return answer.status === 200 ? answer.body.result : answer.body
    },
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
