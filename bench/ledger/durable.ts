import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import type { Cost } from '../rounds.ts'
import { timed } from '../runtime/servers.ts'

export function openWorkerd(dataFolder: string): Promise<Workerd> {
  return launchWorkerd({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    objects: ['RawBooks', 'OurBooks'],
    dataFolder,
    outbound: ['local'],
  })
}

let objects = 0

/** Posts `count` entries, `size` in a transaction, into a book of its own; only the posting is timed. */
export async function inDurableObject(workerd: Workerd, books: 'raw' | 'ours', count: number, size: number): Promise<Cost> {
  const name = `${books}-${objects++}`
  const ask = async (path: string) => {
    const response = await fetch(`${workerd.url}/${path}?books=${books}&name=${name}&count=${count}&size=${size}`)
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
    await response.text()
  }
  await ask('prepare')
  const cost = await timed(workerd, async () => {
    await ask('post')
    return count
  })
  await ask('check')
  return cost
}
