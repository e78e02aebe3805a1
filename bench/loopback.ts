import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { telnyxSms } from '@do/telnyx'

export const to = '+14155550123'

/** Telnyx as a process of its own that answers every message as the twin does, and does nothing else. */
export interface LoopbackVendor {
  readonly url: string
  readonly credentials: ReturnType<typeof telnyxTwin>['credentials']
  /** A number of the account. */
  readonly sender: string
  /** From now on every answer takes so long. */
  delay(ms: number): Promise<void>
  close(): void
}

export async function openLoopbackVendor(): Promise<LoopbackVendor> {
  const twin = telnyxTwin()
  const answer = await recordedAnswer(twin)
  const vendor = fork(fileURLToPath(new URL('./vendor.mjs', import.meta.url)))
  const [{ port }] = (await once(vendor, 'message')) as [{ port: number }]
  const delay = async (delayMs: number) => {
    vendor.send({ ...answer, delayMs })
    await once(vendor, 'message')
  }
  await delay(0)
  return {
    url: `http://127.0.0.1:${port}`,
    credentials: twin.credentials,
    sender: twin.sender,
    delay,
    close: () => vendor.disconnect(),
  }
}

/** What the twin says to such a message, with ID in place of the end of its id. */
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
