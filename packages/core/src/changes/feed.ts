import { Capability } from '../expose/capability.ts'
import type { ChangePage, FollowOptions, ReadOptions } from './types.ts'

/** What a client calls with each page; the next one comes when its promise is settled. */
export type ChangeCallback = (page: ChangePage) => unknown

interface Fed {
  readonly read: (options?: ReadOptions) => ChangePage
  readonly pages: (options: FollowOptions) => AsyncIterable<ChangePage>
}

/**
 * The changes for callers over RPC, to be handed out by a method of the object that says who may: any number of readers, each
 * with a cursor of its own.
 */
export class ChangeFeed extends Capability {
  static override readonly methods = { read: { kind: 'read' }, subscribe: { kind: 'read' } } as const
  readonly #fed: Fed

  constructor(fed: Fed) {
    super()
    this.#fed = fed
  }

  /** @throws ProviderError `invalid_cursor`, `cursor_expired`, `epoch_changed`, `invalid_filter`, `invalid_where`, `invalid_limit` */
  read(options?: ReadOptions): ChangePage {
    return this.#fed.read(options)
  }

  /**
   * Calls back with what has happened after the cursor and with what happens, one page at a time, until the callback fails or
   * answers `false`, or the connection ends. While it runs the object stays awake; a WebSocket at `/changes` lets it sleep.
   * @throws ProviderError as `read`; what the callback throws
   */
  async subscribe(callback: ChangeCallback, options: Omit<FollowOptions, 'signal'> = {}): Promise<void> {
    // The client's function is given back when its call is over; this one goes on in it.
    for await (const page of this.#fed.pages(options)) if ((await callback(page)) === false) return
  }
}
