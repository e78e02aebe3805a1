import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { CommandError } from '../failure.ts'

/** A worker that serves. @throws CommandError `start_failed` with what workerd said, as it may be the worker that is wrong. */
export async function launched(options: Parameters<typeof launchWorkerd>[0]): Promise<Workerd> {
  try {
    return await launchWorkerd(options)
  } catch (error) {
    throw new CommandError('start_failed', error instanceof Error ? error.message : String(error))
  }
}
