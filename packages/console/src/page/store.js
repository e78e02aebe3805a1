import { connect, follow } from './client.js'

/** What the page knows: the totals and the list of tenants, and everything about the one that is shown. */
export const known = { overview: undefined, tenant: undefined }

/** Changes come in bursts, and the level above gets them a moment later: read at once, and once more when it is quiet. */
const soonMs = 250
const quietMs = 1_000

/**
 * The system over one connection: what is read, and the feed of what changes, from where the last reading was. `told` gets each
 * change once; `stale` is called when what is shown should be read again.
 */
export function openSystem({ state, told, stale }) {
  const connection = connect(new URL('/console/rpc', location.href), { onState: state, backoff: { maxMs: 5_000 } })
  const { api } = connection
  let following
  let soon
  let quiet

  const changed = () => {
    soon ??= setTimeout(() => {
      soon = undefined
      stale()
    }, soonMs)
    clearTimeout(quiet)
    quiet = setTimeout(stale, quietMs)
  }
  const begin = (cursor) => {
    following?.close()
    const on = (changes) => {
      if (changes.length === 0) return
      told(changes)
      changed()
    }
    const onError = () => {
      // Too long away, or restored since: what is shown is read anew, and followed from here.
      begin('now')
      changed()
    }
    following = follow(connection, { cursor, on, onError })
  }

  return {
    /** Reads the list, and the tenant in place if there is one. */
    load: async (id) => {
      const [overview, tenant] = await Promise.all([api.overview(), id === undefined ? undefined : api.tenant(id)])
      known.overview = overview
      known.tenant = tenant
      if (following === undefined) begin(overview.changes)
    },
    close: () => {
      clearTimeout(soon)
      clearTimeout(quiet)
      following?.close()
      connection.close()
    },
  }
}
