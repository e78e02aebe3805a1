import type { Kernel } from '../kernel/types.ts'
import type { Schema } from '../storage/schema.ts'
import { createCollection } from './collection.ts'
import type { Collection, CollectionOptions } from './types.ts'

/** What a collection needs of its object. */
export type CollectionKernel = Pick<Kernel, 'storage' | 'clock' | 'exists' | 'transaction' | 'mutated'>

/** A collection of one object, whose changes it is told. `source` names them there; default `collection:<name>`. */
export function collectionIn<T extends object>(
  kernel: CollectionKernel,
  name: string,
  schema?: Schema<T>,
  options?: CollectionOptions & { readonly source?: string },
): Collection<T> {
  return createCollection<T>({
    storage: kernel.storage,
    now: () => kernel.clock().now(),
    exists: () => kernel.exists(),
    transaction: (run) => kernel.transaction(run),
    mutated: (mutation) => kernel.mutated(mutation),
    name,
    schema,
    options,
    ...(options?.source === undefined ? {} : { source: options.source }),
  })
}
