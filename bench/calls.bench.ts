import { twilioTwin } from '@do/fixtures/twilio'
import { failover } from '@do/provider'
import type { Sms } from '@do/sms'
import { telnyxSms } from '@do/telnyx'
import { twilioSms } from '@do/twilio'
import Telnyx from 'telnyx'
import { openLoopbackVendor, to } from './loopback.ts'
import { atMost, type Row } from './report.ts'
import { interleaved, middling } from './rounds.ts'

// One message through an adapter and failover, against the vendor's SDK alone. Both talk to the same vendor on loopback, which
// answers after 5 ms (the fastest real vendors take ten times as long) for the ratio of time, and at once for the added CPU.
// Telnyx, because its SDK and ours go through the same fetch: the difference is ours alone. Intents are written to memory.

const delayMs = 5

export async function measure(): Promise<Row[]> {
  const vendor = await openLoopbackVendor()
  try {
    const from = vendor.sender
    const bare = new Telnyx({ apiKey: vendor.credentials.apiKey, baseURL: `${vendor.url}/v2`, maxRetries: 0 })
    const telnyx = telnyxSms({ ...vendor.credentials, baseUrl: vendor.url })
    const sms: Sms = failover([telnyx, twilioSms({ ...twilioTwin().credentials, baseUrl: vendor.url })])
    const ways = {
      bare: () => bare.messages.send({ from, to, text: 'Your order has shipped' }),
      adapter: () => telnyx.send({ from, to, body: 'Your order has shipped' }),
      failover: () => sms.send({ from, to, body: 'Your order has shipped' }),
    }
    await vendor.delay(delayMs)
    const slow = await interleaved(ways, { rounds: 30, calls: 30 })
    await vendor.delay(0)
    const fast = await interleaved(ways, { rounds: 120, calls: 100, warmUp: 12 })
    const difference = (milliseconds: number) => `${milliseconds.toFixed(3)} ms`
    const ratio = middling(slow, ({ failover, bare }) => failover.time / bare.time)
    return [
      atMost(`adapter + failover / bare SDK, time per call (answer after ${delayMs} ms)`, ratio, 1.05, ' ×'),
      atMost(
        'adapter + failover − bare SDK, CPU per call',
        middling(fast, ({ failover, bare }) => failover.cpu - bare.cpu),
        0.1,
        ' ms',
      ),
      {
        what: 'adapter alone − bare SDK, CPU per call',
        measured: difference(middling(fast, ({ adapter, bare }) => adapter.cpu - bare.cpu)),
      },
      { what: 'bare SDK, CPU per call', measured: difference(middling(fast, ({ bare }) => bare.cpu)) },
      {
        what: 'adapter + failover − bare SDK, time per call (answer at once)',
        measured: difference(middling(fast, ({ failover, bare }) => failover.time - bare.time)),
      },
      {
        what: 'adapter + failover / bare SDK, time per call (answer at once)',
        measured: `${middling(fast, ({ failover, bare }) => failover.time / bare.time).toFixed(3)} ×`,
      },
    ]
  } finally {
    vendor.close()
  }
}
