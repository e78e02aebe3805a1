import type { ObjectStorage } from '../platform/types.ts'
import { forgetAll } from '../storage/sql.ts'

/** After the platform's own `deleteAll` the object goes on living: what it remembers of its tables is over, too. */
export function forgetful(storage: ObjectStorage): void {
  const { deleteAll } = storage
  storage.deleteAll = async () => {
    forgetAll(storage)
    await deleteAll.call(storage)
    forgetAll(storage)
  }
}
