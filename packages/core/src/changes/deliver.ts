import { ProviderError, refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import { addressOf } from '../object/reach.ts'
import type { Json } from '../storage/json.ts'
import { forget, once } from '../storage/sql.ts'
import type { Epochs } from './epochs.ts'
import type { ChangeLog } from './log.ts'
import { createOutbox, type Place } from './outbox.ts'
import type { Reader } from './read.ts'
import type { Totals } from './totals.ts'
import type { ChangeOptions } from './types.ts'
import { deliverDoor, goneMark, leftMark, noMark, type Receipt } from './wire.ts'

export interface Sender {
  /** Something may have to be told: sees to it that it will be. Cheap when that is seen to already. */
  arm(): void
  /** The parent may be another one now. */
  moved(): void
  /** What the parent has, or need not have; undefined when there is nobody to tell. */
  acknowledged(): number | undefined
  /** Before this object is deleted: resolves when its parents have everything and know that no more will come. */
  farewell(): Promise<void>
}

interface SenderSetting {
  readonly kernel: Kernel
  readonly log: ChangeLog
  readonly epochs: Epochs
  readonly reader: Reader
  readonly totals: Totals
  readonly options: ChangeOptions
  readonly trim: () => void
}

const job = 'core.changes.deliver'
const armed = 'changes armed'
/** One run of the job; what is left comes with the next. */
const budgetMs = 20_000
const nowhere = ['unknown_object', 'no_binding', 'gone']
const isGone = (error: unknown) => ProviderError.is(error) && error.code === 'gone'

/** Tells the parent, batch after batch, and keeps how far it has come. */
export function createSender(setting: SenderSetting): Sender | undefined {
  const { kernel, log, epochs, options, totals, trim } = setting
  const { up } = options
  if (up === undefined) return undefined
  const outbox = createOutbox({ ...setting, up })
  const { ms = 50 } = up.batch ?? {}

  const arm = (at = kernel.clock().now() + ms) => {
    let idle = false
    once(kernel.storage, armed, () => {
      if (outbox.pending()) kernel.jobs.schedule({ name: job, key: job, at, keep: true })
      else idle = kernel.record().$context !== null
    })
    // Without a parent there is nothing to look for until there is one; with one, the next change is to be told.
    if (idle) forget(kernel.storage, armed)
  }

  /** What the parent's word means for us. */
  const learn = (parent: string, receipt: Receipt) => {
    const current = epochs.current()
    if (receipt.mark === goneMark && outbox.place(parent).acked === 0) {
      // Another one of our name was here and was deleted. All of ours is of a later epoch than all of that.
      epochs.begin('deleted before', receipt.epoch, 1)
      return outbox.save(parent, 0, noMark)
    }
    if (receipt.epoch > current) {
      epochs.begin('parent ahead', receipt.epoch)
      return outbox.resetNext(parent)
    }
    const mark = outbox.markAt(parent, receipt.last)
    // It may be back where it was before all of this, and what it lacks may be dropped.
    const kept = receipt.last + 1 >= log.oldest()
    if (mark === receipt.mark && kept) return outbox.save(parent, receipt.last, receipt.mark)
    // It knows changes of this epoch that are not ours: our database was taken back since.
    const ours = mark !== receipt.mark && (mark !== undefined || receipt.last > log.last())
    // Its own word on whom it has not, or no longer: then nothing of ours was taken back.
    const closed = receipt.mark === leftMark || receipt.mark === goneMark
    if (ours && !closed && receipt.epoch === current) epochs.begin('parent differs', current)
    outbox.resetNext(parent)
  }

  const knock = async (parent: string, delivery: object, signal: AbortSignal): Promise<Receipt> => {
    const receipt = (await kernel.doors.knock(parent, deliverDoor, delivery as Json)) as Receipt
    signal.throwIfAborted()
    if (receipt.busyMs === undefined) return receipt
    throw refuse('busy', 'The parent has too much to do.', { fault: 'quota', retryAfterMs: receipt.busyMs })
  }

  const leave = async (parent: string, signal: AbortSignal) => {
    const receipt = await knock(parent, { ...outbox.atEnd(leftMark), reset: [] }, signal)
    if (receipt.mark === leftMark) outbox.remove(parent)
    else epochs.begin('parent differs', receipt.epoch)
  }

  const deliver = async (signal: AbortSignal) => {
    const until = kernel.clock().now() + budgetMs
    let refusals = 0
    while (kernel.clock().now() < until) {
      const parent = kernel.record().$context
      const former = outbox.formerParents(parent)[0]
      if (former !== undefined) {
        await leave(former, signal).catch((error) => {
          if (!isGone(error)) throw error
          outbox.remove(former)
        })
        continue
      }
      const place: Place | undefined = parent === null ? undefined : outbox.place(parent)
      const delivery = parent === null || place === undefined ? undefined : outbox.next(parent, place)
      if (parent === null || delivery === undefined) return
      const receipt = await knock(parent, delivery, signal)
      kernel.transaction(() => learn(parent, receipt))
      const done = receipt.epoch === delivery.epoch && receipt.last === delivery.to
      refusals = done ? 0 : refusals + 1
      if (refusals > 10)
        throw refuse('out_of_step', 'The parent takes nothing. Deploy the same version of the runtime everywhere.')
    }
  }

  /** The parent was deleted, and what may be made in its place is another: this object stands alone then. */
  const orphaned = async (error: unknown) => {
    const parent = kernel.record().$context
    if (parent !== null && isGone(error)) await kernel.doors.open('core.tree.release', { parent: addressOf(parent) }, undefined)
    // The log says why. With the next run it is a former parent, which nobody has to leave any more.
    throw error
  }

  kernel.jobs.define(
    job,
    async (_, { signal }) => {
      await deliver(signal).catch(orphaned)
      return () => {
        forget(kernel.storage, armed)
        arm(kernel.clock().now())
        totals.catchUp()
        trim()
      }
    },
    { attempts: Number.POSITIVE_INFINITY, concurrency: 1, backoffMs: 200, maxBackoffMs: 30_000 },
  )

  const farewell = async () => {
    const { signal } = new AbortController()
    try {
      await deliver(signal)
      const parent = kernel.record().$context
      if (outbox.pending()) throw refuse('undelivered', 'The parent has not got all changes yet.', { retryAfterMs: 100 })
      if (parent === null || !outbox.knows(parent)) return
      await knock(parent, outbox.atEnd(goneMark), signal)
    } catch (error) {
      // A parent that is no object of this worker is told nothing, ever.
      if (!ProviderError.is(error) || !nowhere.includes(error.code)) throw error
    }
  }

  return {
    arm,
    farewell,
    moved: () => forget(kernel.storage, armed),
    acknowledged: () => outbox.acknowledged(kernel.record().$context),
  }
}
