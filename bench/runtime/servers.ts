import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import type { Cost } from '../rounds.ts'

/** A workerd of its own for each, so that its CPU and memory are nobody else's. */
const workers = {
  raw: {
    entry: 'raw.ts',
    objects: ['Answer', 'Reader', 'Entries', 'Grouped', 'Steps', 'Pinned', 'Uncompressed', 'Hibernating'],
    healthPath: '/',
  },
  ours: { entry: 'ours.ts', objects: ['Thing', 'Quiet'], healthPath: '/healthz' },
  agents: { entry: 'agents.mjs', objects: ['Peer'], healthPath: '/' },
  partyserver: { entry: 'partyserver.mjs', objects: ['Peer'], healthPath: '/' },
} as const

export type ServerName = keyof typeof workers
export type Servers = Readonly<Record<ServerName, Workerd>>
export const serverNames = Object.keys(workers) as ServerName[]

export async function open(name: ServerName, folder: string, env: Readonly<Record<string, string>> = {}): Promise<Workerd> {
  const { entry, objects, healthPath } = workers[name]
  return launchWorkerd({
    entry: file(entry),
    objects,
    healthPath,
    dataFolder: join(folder, name),
    env,
    minify: true,
    outbound: ['local'],
    alias: { 'cloudflare:email': file('no-email.mjs') },
  })
}

/** All of them, for as long as the work takes. */
export async function withAll<Result>(folder: string, work: (servers: Servers) => Promise<Result>): Promise<Result> {
  const opened: Partial<Record<ServerName, Workerd>> = {}
  try {
    for (const name of serverNames) opened[name] = await open(name, folder)
    return await work(opened as Servers)
  } finally {
    await Promise.all(Object.values(opened).map((server) => server.kill()))
  }
}

function file(name: string): string {
  return fileURLToPath(new URL(`./workers/${name}`, import.meta.url))
}

/** What each call took: time, and CPU of the server. `work` answers how many there were. */
export async function timed({ pid }: Workerd, work: () => Promise<number>): Promise<Cost> {
  const cpu = cpuMs(pid)
  const started = performance.now()
  const calls = await work()
  const time = performance.now() - started
  return { time: time / calls, cpu: (cpuMs(pid) - cpu) / calls, calls }
}

const ticksPerSecond = 100

/** CPU of a process with all its threads, in milliseconds; in steps of 10. */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

export function residentKilobytes({ pid }: Workerd): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
