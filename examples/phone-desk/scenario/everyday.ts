import type { PlacedCall } from '@do/conformance'
import type { Vendor } from '../vendors.ts'
import { type List, type Shown, trailText, vendorId } from './client.ts'
import { must, type Steps, same, until } from './steps.ts'
import type { Player } from './tenants.ts'

const customer = '+14155550199'
const emoji = `Your parcel is on its way 🚚📦 and will arrive before noon. ${'Thank you for your patience! '.repeat(3)}🙏`

/** What a desk does on an ordinary day, each step proved at the vendor. Answers the number that was bought. */
export async function everyday(player: Player, { heading, step }: Steps, run: number): Promise<void> {
  const { client, vendors, name, id } = player
  const carrier = vendors[player.sms[0] as string] as Vendor
  const voice = vendors[player.telephony[0] as string] as Vendor
  const key = (what: string) => ({ 'idempotency-key': `${id}-${run}-${what}` })
  heading(`${name}: an ordinary day with ${player.sms.join(' → ')}`)

  const number = await step('Searches, buys and configures a number', async (facts) => {
    const query = new URLSearchParams({ country: 'US', areaCode: player.areaCode, features: 'sms,voice', limit: '5' })
    const { items } = await client.ok<List<{ id: string; number: string }>>('GET', `/numbers/available?${query}`)
    const offer = items[0]
    must(offer !== undefined, 'no number is for sale')
    const before = voice.twin.purchases().length
    const bought = await client.ok<{ number: string }>('POST', '/numbers', { id: offer.id, label: 'Front desk' }, key('number'))
    const again = await client.ok<{ number: string }>('POST', '/numbers', { id: offer.id, label: 'Front desk' }, key('number'))
    same(again.number, bought.number, 'the same key gives the same number')
    same(voice.twin.purchases().length, before + 1, 'purchases at the vendor')
    await client.ok('PATCH', `/numbers/${encodeURIComponent(bought.number)}`, { label: 'Support' })
    const owned = voice.twin.owned().find((candidate) => candidate.number === bought.number)
    must(owned !== undefined, 'the vendor does not know the number')
    must(owned.messageUrl?.includes(`/t/${id}/hooks/sms/`), `the vendor sends messages to ${owned.messageUrl ?? 'nobody'}`)
    must(owned.callUrl?.includes(`/t/${id}/hooks/telephony/`), `the vendor sends calls to ${owned.callUrl ?? 'nobody'}`)
    facts(bought.number, `${items.length} found`, 'bought once although asked twice')
    return bought.number
  })
  if (number === undefined) return

  const send = async (what: string, body: object) => {
    const before = carrier.twin.sent().length
    const message = await client.ok<Shown>('POST', '/messages', { to: customer, ...body }, key(what))
    same(carrier.twin.sent().length, before + 1, 'messages at the vendor')
    const sent = carrier.twin.sent().at(-1)
    same([sent?.to, sent?.from], [customer, number], 'recipient and sender at the vendor')
    return { message, sent }
  }

  const first = await step('Sends an SMS in GSM-7', async (facts) => {
    const { message, sent } = await send('gsm', { body: 'Your order has been shipped.' })
    same(sent?.body, 'Your order has been shipped.', 'text at the vendor')
    same([message.segments, message.encoding], [1, 'gsm-7'], 'segments')
    facts(`${message.segments} segment`, trailText(message.trail))
    return message
  })

  await step('Sends one with emoji in several segments', async (facts) => {
    const { message, sent } = await send('emoji', { body: emoji })
    same(sent?.body, emoji, 'text at the vendor')
    must((message.segments ?? 0) > 1 && message.encoding === 'ucs-2', `${message.segments} segments in ${message.encoding}`)
    facts(`${message.segments} segments in UCS-2`)
  })

  await step('Sends an MMS', async (facts) => {
    const { sent } = await send('mms', { body: 'The receipt', media: ['https://example.com/receipt.png'] })
    same(sent?.media, ['https://example.com/receipt.png'], 'media at the vendor')
    facts('1 picture')
  })

  await step('Gets the delivery report by a signed webhook', async (facts) => {
    must(first !== undefined, 'there is no message')
    await carrier.twin.deliver(vendorId(first.handle), 'delivered')
    const { status, history } = await client.ok<Shown>('GET', `/messages/${first.id}`)
    same(status, 'delivered', 'status')
    facts(history.map((entry) => entry.status).join(' → '))
  })

  const question = await step('Gets an inbound message once, though it is delivered twice and forged once', async (facts) => {
    const asked = `When will it arrive? (${run})`
    carrier.twin.nextWebhook('duplicate')
    await carrier.twin.inbound({ from: customer, to: number, body: asked })
    carrier.twin.nextWebhook('forged')
    await carrier.twin.inbound({ from: customer, to: number, body: 'This is forged' })
    const { items } = await client.ok<List<Shown>>('GET', '/messages?direction=inbound&limit=200')
    const mine = items.filter(({ body }) => body === asked)
    same(
      mine.map(({ from, to }) => [from, to]),
      [[customer, number]],
      'inbound messages',
    )
    same(items.filter(({ body }) => body === 'This is forged').length, 0, 'forged messages')
    facts('1 kept', 'the forged one answered 403')
    return mine[0]
  })

  await step('Answers it from the number it came in on', async (facts) => {
    must(question !== undefined, 'there is no question')
    const reply = await client.ok<Shown>('POST', `/messages/${question.id}/reply`, { body: 'Before noon.' }, key('reply'))
    same(
      [reply.from, carrier.twin.sent().at(-1)?.from, carrier.twin.sent().at(-1)?.to],
      [number, number, customer],
      'sender and recipient',
    )
    facts(`from ${number}`, trailText(reply.trail))
  })

  await callStep(player, voice, { step }, key('call'))
}

/** A call that gathers a digit, takes a recording, and is followed by its webhooks. */
async function callStep(
  { client }: Player,
  voice: Vendor,
  { step }: Pick<Steps, 'step'>,
  key: Record<string, string>,
): Promise<void> {
  await step('Calls, gathers a digit, records, and follows the call by webhooks', async (facts) => {
    const script = {
      flow: {
        steps: [
          { verb: 'say', text: 'Welcome.' },
          { verb: 'gather', digits: 1, prompt: [{ verb: 'say', text: 'Press one to leave a message.' }] },
        ],
      },
      on: {
        '1': { flow: { steps: [{ verb: 'say', text: 'Speak now.' }, { verb: 'record', maxSeconds: 30 }, { verb: 'hangup' }] } },
        otherwise: { flow: { steps: [{ verb: 'say', text: 'Goodbye.' }, { verb: 'hangup' }] } },
      },
    }
    const before = voice.twin.calls().length
    const made = await client.ok<Shown>('POST', '/calls', { to: customer, script }, key)
    same(voice.twin.calls().length, before + 1, 'calls at the vendor')
    const id = vendorId(made.handle)
    const placed = () => voice.twin.calls().find((call) => call.id === id) as PlacedCall
    const heard = (verb: string) => placed().heard.some((entry) => entry.verb === verb)
    await voice.twin.answer(id)
    await until('the person is asked for a key', () => heard('gather'), Boolean)
    await voice.twin.press(id, '1')
    await until('the recording begins', () => heard('record'), Boolean)
    await voice.twin.finishRecording(id)
    if (!placed().ended) await voice.twin.hangup(id).catch(() => {})
    const call = await until(
      'the call is complete with its recording',
      () => client.ok<Shown>('GET', `/calls/${made.id}`),
      ({ status, recordings = [] }) => status === 'completed' && recordings.length > 0,
    )
    same(call.digits, ['1'], 'digits')
    const said = placed().heard.flatMap((entry) => (entry.verb === 'say' ? [entry.text] : []))
    same(
      said.filter((text) => text !== 'Press one to leave a message.'),
      ['Welcome.', 'Speak now.'],
      'what the person heard',
    )
    const { items } = await client.ok<List<unknown>>('GET', `/calls/${made.id}/recordings`)
    same(items.length, placed().recordings.length, 'recordings')
    facts(call.history.map(({ status }) => status).join(' → '), `${items.length} recording`, trailText(call.trail))
  })
}
