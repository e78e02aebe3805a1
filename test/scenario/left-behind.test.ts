import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { List, Shown } from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import { type AcmeDesk, configureSms, openAcme } from './open.ts'

/**
 * The intent is settled on disk before the record can be: a process that dies in between leaves a record that says "unknown"
 * of something that is known. Here the files are put into that state while nothing runs.
 */
let acme: AcmeDesk

beforeAll(async () => {
  acme = await openAcme({ telnyx: 'telnyx' }, 7)
  await configureSms(acme, ['telnyx'])
}, 60_000)

afterAll(() => acme?.close(), 30_000)

const to = '+14155550142'
const send = (key: string) => acme.tenant.ok<Shown>('POST', '/messages', { to, body: key }, { 'idempotency-key': key })
const copies = (body: string) => acme.vendors.telnyx?.twin.sent().filter((sent) => sent.body === body).length

/** Changes the rows of Acme's object, which must not be running. */
function edit(change: (db: DatabaseSync) => void): void {
  const folder = join(acme.dataFolder, 'Tenant')
  const [file, ...others] = readdirSync(folder).filter((name) => name.endsWith('.sqlite') && !name.startsWith('metadata'))
  expect(others).toEqual([])
  const db = new DatabaseSync(join(folder, file as string))
  change(db)
  db.close()
}

function forgetOutcome(db: DatabaseSync, key: string): void {
  const wanted = "json_extract(body, '$.key') = ?"
  const body = "json_set(json_remove(body, '$.handle', '$.provider'), '$.status', 'unknown')"
  expect(db.prepare(`UPDATE c_messages SET body = ${body} WHERE ${wanted}`).run(key).changes).toBe(1)
}

describe('a record that was left at "unknown" while its intent was settled', () => {
  it('takes over what the intent knows, and nothing is sent for it', async () => {
    const known = await send('done')
    await send('refused')
    await send('long-ago')
    await acme.desk.workerd.stop()
    edit((db) => {
      for (const key of ['done', 'refused', 'long-ago']) forgetOutcome(db, key)
      const open = "UPDATE do_intents SET state = 'open', handle = NULL, body = json_set(body, '$.state', 'open') WHERE key = ?"
      expect(db.prepare(open).run('sms.send/refused').changes).toBe(1)
      expect(db.prepare('DELETE FROM do_intents WHERE key = ?').run('sms.send/long-ago').changes).toBe(1)
    })
    await acme.desk.workerd.start()
    const byKey = async () => {
      const { items } = await acme.tenant.ok<List<Shown>>('GET', '/messages')
      return Object.fromEntries(items.map((record) => [record.key, record]))
    }
    const now = await until('it is settled', byKey, ({ done }) => done?.status !== 'unknown', 30_000)
    expect(now.done).toMatchObject({ id: known.id, handle: known.handle })
    expect(now.refused).toMatchObject({ status: 'failed', error: { code: 'not_done' }, reconciled: { effect: 'none' } })
    expect(now['long-ago']?.status).toBe('unknown')
    expect(['done', 'refused', 'long-ago'].map(copies)).toEqual([1, 1, 1])
  }, 60_000)
})
