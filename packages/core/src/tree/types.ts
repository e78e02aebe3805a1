import type { Page } from '@do/provider'

/**
 * `active`: open to everybody. `suspended`: answers reads and its life cycle, refuses writes. `deleting`: on its way out, refuses
 * all but reads. `deleted`: stores nothing but this, until somebody makes it anew.
 */
export type LifecycleStatus = 'active' | 'suspended' | 'deleting' | 'deleted'

/** A child as its parent knows it, without asking it. */
export interface Child {
  readonly url: string
  readonly type: string
  readonly name: string
  /** `linking`: the child has not confirmed yet; a job sees to it. */
  readonly state: 'linking' | 'linked'
  /** ISO 8601 */
  readonly createdAt: string
}

/** An object of the tree as it answers for itself. */
export interface TreeNode {
  readonly $id: string
  readonly $type: string
  readonly $context: string | null
  readonly status: LifecycleStatus
  /** Steps from where the walk began: 1 is a parent or a child. */
  readonly depth: number
}

export interface ChildQuery {
  readonly type?: string
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly cursor?: string
}

export interface DescendantQuery {
  /** How far down. 1 to 16, default 16. */
  readonly depth?: number
  /** Objects on one page, each of which is asked. 1 to 1,000, default 100. */
  readonly limit?: number
  readonly cursor?: string
}

export interface DeleteOptions {
  /** Without it an object that has children is not deleted. With it they go first, the deepest ones before all others. */
  readonly children?: 'delete'
}

/** The stages of an object's life. All of it is durable when it returns. */
export interface Lifecycle {
  readonly status: LifecycleStatus
  /** Refuses calls that write, HTTP methods that may write, and rests its jobs. Again: changes nothing. */
  suspend(): void
  /** Jobs that fell due meanwhile run now. @throws ProviderError `deleting` */
  resume(): void
  /**
   * Begins to delete everything this object stores; a job goes on with it over any crash, and takes the object off its parent's list last.
   * Of one that is deleting or deleted: changes nothing.
   * @throws ProviderError `has_children` unless `children: 'delete'` confirms that they go too
   */
  delete(options?: DeleteOptions): void
}

/** The life cycle of another object of this worker. */
export interface RemoteLifecycle {
  status(): Promise<LifecycleStatus>
  suspend(): Promise<void>
  resume(): Promise<void>
  delete(options?: DeleteOptions): Promise<void>
}

/** Where an object stands among others: its parent is its `$context`, its children are a table of its own. */
export interface Tree {
  /**
   * Makes sure that the object is a child of this one: noted here first, then told to the child, which keeps it as its `$context`.
   * Survives a crash at any point. Again: changes nothing.
   * @throws ProviderError `unknown_object`, `has_other_parent`, `cycle`, `deleting`
   */
  adopt(type: string, name: string): Promise<Child>
  /** This object's own, by type and name. */
  children(query?: ChildQuery): Page<Child>
  parent(): Promise<TreeNode | undefined>
  /** The parent first, the root last. @throws ProviderError `too_deep` beyond 64 */
  ancestors(): Promise<readonly TreeNode[]>
  /** Depth first, each parent before its children. An object that is asked for while it does not answer fails the walk. */
  descendants(query?: DescendantQuery): Promise<Page<TreeNode>>
  lifecycle: Lifecycle
  /** Of another object, by its URL or its type and name. */
  lifecycleOf(address: string | { readonly type: string; readonly name: string }): RemoteLifecycle
}
