import { plivoTwin } from '@do/fixtures/plivo'
import { callFlow, toResponse } from '@do/telephony'
import { expect, it } from 'vitest'
import { plivoSms, plivoTelephony } from './index.ts'

it('tries sms', async () => {
  const twin = plivoTwin()
  const at = { baseUrl: twin.baseUrl, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl }
  const sms = plivoSms({ ...twin.credentials, ...at })
  const m = await sms.send({ from: twin.sender, to: '+14155550123', body: 'hi' })
  console.log(m, twin.requests())
  console.log(await sms.get(m.id))
  const events: unknown[] = []
  twin.connect(async (r) => { events.push(...(await sms.receive(r))); return new Response() })
  await twin.deliver(m.id.split(':')[1]!)
  await twin.inbound({ from: '+14155550123', body: 'STOP' })
  await twin.unknownEvent()
  console.log(events)
})
it('tries calls', async () => {
  const twin = plivoTwin()
  const at = { baseUrl: twin.baseUrl, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl }
  const tel = plivoTelephony({ ...twin.credentials, ...at })
  const events: any[] = []
  twin.connect(async (r) => { const e = await tel.receive(r); events.push(...e); const flow = e[0]!.type === 'call.gathered' ? callFlow().say('bye').record() : undefined
    const a = await tel.respond({ event: e[0]!, ...(flow ? { flow } : {}) } as any); console.log(a.body); return toResponse(a) })
  const c = await tel.calls.make({ from: twin.caller, to: '+14155550123', flow: callFlow().say('Hello & "you"', { language: 'en-GB', voice: 'male' }).gather({ digits: 1, prompt: 'Press' }) }).catch(e => { console.log(e.toJSON()); throw e })
  console.log(c, await tel.calls.get(c.id))
  twin.clock.advance(1000)
  const id = c.id.split(':')[1]!
  await twin.answer(id)
  await twin.press(id, '1')
  await twin.finishRecording(id)
  console.log(events, twin.calls()[0], twin.problems())
  twin.clock.advance(5000)
  console.log(await tel.calls.get(c.id), (await tel.calls.recordings({ id: c.id }).page()))
  const found = await tel.numbers.search({ country: 'US', areaCode: '415' }).page()
  console.log(found.items[0], found.cursor)
  const n = await tel.numbers.buy({ id: found.items[0]!.id })
  console.log(n, await tel.numbers.configure({ id: n.id, messageUrl: 'https://x.example/m', label: 'a' }), twin.owned())
})
