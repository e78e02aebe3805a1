import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { twilioTwin } from '@do/fixtures/twilio'
import { failover } from '@do/provider'
import type { Sms } from '@do/sms'
import { telnyxSms } from '@do/telnyx'
import { twilioSms } from '@do/twilio'
import Telnyx from 'telnyx'
import { atMost, type Row } from './report.ts'
import { interleaved } from './rounds.ts'

// One message through an adapter and failover, against the vendor's SDK alone. Both talk to the same vendor on loopback, which
// answers after 5 ms (the fastest real vendors take ten times as long) for the ratio of time, and at once for the added CPU.
// Telnyx, because its SDK and ours go through the same fetch: the difference is ours alone. Intents are written to memory.

const to = '+14155550123'
const delayMs = 5

export async function measure(): Promise<Row[]> {
  const twin = telnyxTwin()
  const other = twilioTwin()
  const vendor = fork(fileURLToPath(new URL('./vendor.mjs', import.meta.url)))
  try {
    const [{ port }] = (await once(vendor, 'message')) as [{ port: number }]
    const baseUrl = `http://127.0.0.1:${port}`
    const answer = await recordedAnswer(twin)
    const say = async (delay: number) => {
      vendor.send({ ...answer, delayMs: delay })
      await once(vendor, 'message')
    }
    const from = twin.sender
    const bare = new Telnyx({ apiKey: twin.credentials.apiKey, baseURL: `${baseUrl}/v2`, maxRetries: 0 })
    const telnyx = telnyxSms({ ...twin.credentials, baseUrl })
    const sms: Sms = failover([telnyx, twilioSms({ ...other.credentials, baseUrl })])
    const ways = {
      bare: () => bare.messages.send({ from, to, text: 'Your order has shipped' }),
      adapter: () => telnyx.send({ from, to, body: 'Your order has shipped' }),
      failover: () => sms.send({ from, to, body: 'Your order has shipped' }),
    }
    await say(delayMs)
    const slow = await interleaved(ways, { rounds: 15, calls: 60 })
    await say(0)
    const fast = await interleaved(ways, { rounds: 15, calls: 200 })
    return [
      atMost(
        `adapter + failover / bare SDK, time per call (vendor answers after ${delayMs} ms)`,
        slow.failover.time / slow.bare.time,
        1.05,
        ' ×',
      ),
      atMost('adapter + failover − bare SDK, CPU per call', fast.failover.cpu - fast.bare.cpu, 0.1, ' ms'),
      { what: 'adapter alone − bare SDK, CPU per call', measured: `${(fast.adapter.cpu - fast.bare.cpu).toFixed(3)} ms` },
      { what: 'bare SDK, CPU per call', measured: `${fast.bare.cpu.toFixed(3)} ms` },
      {
        what: 'adapter + failover − bare SDK, time per call (vendor answers at once)',
        measured: `${(fast.failover.time - fast.bare.time).toFixed(3)} ms`,
      },
    ]
  } finally {
    vendor.disconnect()
  }
}

/** What the vendor's twin says to such a message, with ID in place of the id. */
async function recordedAnswer(twin: ReturnType<typeof telnyxTwin>): Promise<{ body: string; status: number }> {
  let recorded = { body: '', status: 0 }
  const sms = telnyxSms({
    ...twin.credentials,
    clock: twin.clock,
    fetch: async (input, init) => {
      const response = await twin.fetch(input, init)
      recorded = { body: await response.clone().text(), status: response.status }
      return response
    },
  })
  await sms.send({ from: twin.sender, to, body: 'Your order has shipped' })
  const [sent] = twin.sent()
  if (sent === undefined || !recorded.body.includes(sent.id))
    throw new Error('The twin took no message on: nothing to measure with.')
  return { ...recorded, body: recorded.body.replaceAll(sent.id, `${sent.id.slice(0, -12)}ID`) }
}
