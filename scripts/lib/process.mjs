import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/**
 * From now on, children of this process keep the compiled code of what they load, for each other. Hundreds of them load the same
 * modules: the runner's workers, the programs of the pages, what a stranger installs.
 */
export function shareCompiledCode() {
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../.work/compile-cache', import.meta.url))
}

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a command with this terminal and answers its exit code (128 + number when a signal ended it).
 * Signals that reach us are handed on, and we outlive the child, so that nothing is left behind.
 */
export function runToEnd(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const handlers = forwarded.map((signal) => [signal, () => child.kill(signal)])
    for (const [signal, handler] of handlers) process.on(signal, handler)
    const done = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler)
    }
    child.on('error', (error) => {
      done()
      reject(error)
    })
    child.on('exit', (code, signal) => {
      done()
      resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0))
    })
  })
}

/** Runs a command and keeps what it says: for steps whose output matters only when they fail. */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    let stdout = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    const handlers = forwarded.map((signal) => [signal, () => child.kill(signal)])
    for (const [signal, handler] of handlers) process.on(signal, handler)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const [name, handler] of handlers) process.off(name, handler)
      resolve({ code: signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0), output, stdout })
    })
  })
}
