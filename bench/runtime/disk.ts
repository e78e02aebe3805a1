import { spawnSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../rounds.ts'

// Sharing a commit saves flushes of the disk. Where the disk answers before anything is flushed there is nothing to save, and what a
// group saves cannot be seen: so the same is measured on a disk whose flushes take the time that they take where data must not be lost.

/** What a flush takes, in milliseconds: the median of 200 blocks of 4 kB, each written and flushed by `fdatasync`. */
export function flushMs(folder: string): number {
  const path = join(folder, 'flushed')
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4_096, 1)
  try {
    const taken = Array.from({ length: 200 }, (_, index) => {
      writeSync(file, block, 0, block.length, index * block.length)
      const started = performance.now()
      fdatasyncSync(file)
      return performance.now() - started
    })
    return median(taken)
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

/**
 * Environment of a process in which every flush takes just this long, whatever the disk beneath: nobody pulls the plug here.
 * Undefined where there is no C compiler, or no Linux.
 */
export function slowDisk(folder: string, milliseconds: number): Readonly<Record<string, string>> | undefined {
  const source = join(folder, 'flush.c')
  const library = join(folder, 'flush.so')
  writeFileSync(source, flushesOf(milliseconds))
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source], { stdio: 'ignore' })
  return process.platform === 'linux' && status === 0 ? { LD_PRELOAD: library } : undefined
}

const flushesOf = (milliseconds: number) => `#include <time.h>
static int flush(void) {
  struct timespec left = { 0, ${Math.round(milliseconds * 1_000_000)} };
  while (nanosleep(&left, &left) != 0) {}
  return 0;
}
int fdatasync(int file) { (void)file; return flush(); }
int fsync(int file) { (void)file; return flush(); }
`
