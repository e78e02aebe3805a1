import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDesk } from '../examples/phone-desk/desk.ts'
import { openPort } from '../examples/phone-desk/ports.ts'
import { client } from '../examples/phone-desk/scenario/client.ts'
import { openLoopbackVendor, to } from './loopback.ts'
import type { Row } from './report.ts'
import { median } from './rounds.ts'

// Messages a second through one Tenant object on workerd, over HTTP, each with its intent on disk before the vendor hears of it,
// and its record and audit line after. The vendor answers at once.

const perRound = 200
const rounds = 5

export async function measure(): Promise<Row[]> {
  const vendor = await openLoopbackVendor()
  const dataFolder = mkdtempSync(join(tmpdir(), 'bench-'))
  const operatorToken = randomBytes(32).toString('hex')
  const keys = { operatorToken, vaultKeys: `bench:${randomBytes(32).toString('base64')}`, tenants: {}, starts: 0 }
  const desk = await openDesk({ dataFolder, keys, port: await openPort(0), vendorOrigins: [vendor.url] })
  try {
    const { token } = await client(() => desk.url, operatorToken).ok<{ token: string }>('PUT', '/t/bench', { name: 'Bench' })
    const tenant = client(() => `${desk.url}/t/bench`, token)
    await tenant.ok('PUT', '/config', {
      sms: { order: ['telnyx'], instances: { telnyx: { baseUrl: vendor.url, senders: [vendor.sender] } } },
    })
    await tenant.ok('PUT', '/credentials/telnyx', vendor.credentials)
    const send = () => tenant.ok('POST', '/messages', { to, body: 'Your order has shipped' })
    await sends(send, 50, 1)
    const rows: Row[] = []
    for (const clients of [1, 16]) {
      const rates: number[] = []
      for (let round = 0; round < rounds; round++) rates.push(await sends(send, perRound, clients))
      rows.push({ what: `durable sends in one Tenant object, ${clients} at a time`, measured: `${Math.round(median(rates))} /s` })
    }
    return rows
  } finally {
    await desk.workerd.stop()
    vendor.close()
    rmSync(dataFolder, { recursive: true, force: true })
  }
}

/** Sends a second. */
async function sends(send: () => Promise<unknown>, count: number, clients: number): Promise<number> {
  let left = count
  const started = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left-- > 0) await send()
    }),
  )
  return (count * 1000) / (performance.now() - started)
}
