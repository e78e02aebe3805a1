import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeskServer, startDesks, startSink } from '../test/harness.ts'
import { outboundFetch } from './fetch.ts'

let desks: DeskServer
let vendor: Awaited<ReturnType<typeof startSink>>
beforeAll(async () => {
  vendor = await startSink()
  desks = await startDesks({ SINK: vendor.url })
})
afterAll(async () => {
  await desks.close()
  await vendor.close()
})

describe('outboundFetch in workerd', () => {
  it('sends to a host that is there, once', async () => {
    const sent = desks.scenario('out', 'send')
    await vendor.arrived('/wait')
    vendor.release()
    expect(await sent).toBe('done')
    expect(vendor.asked).toEqual(['/wait'])
  })

  it('says that nothing was sent when the connection is refused', async () => {
    const gone = await startSink()
    await gone.close()
    await desks.workerd.stop()
    await desks.workerd.start({ SINK: gone.url })
    expect(await desks.scenario('out', 'send')).toBe('ECONNREFUSED')
  })
})

describe('outboundFetch in Node', () => {
  it('leaves the answer to fetch itself, which tells refused from broken', async () => {
    const gone = await startSink()
    await gone.close()
    const failed = await outboundFetch()(`${gone.url}/wait`, { method: 'POST' }).catch((error: Error) => error.cause)
    expect(failed).toMatchObject({ code: 'ECONNREFUSED' })
  })
})
