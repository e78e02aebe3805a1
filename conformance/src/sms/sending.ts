import { holds, outcome, same } from '../assert.ts'
import { why } from '../why.ts'
import { onlySent, recipient, type SmsCheck, type SmsWorld, text } from './world.ts'

/** A text that must arrive exactly as it was given. */
const unchanged = (id: string, title: string, body: string, link: string): SmsCheck => ({
  id: `sms.send.${id}`,
  level: 'must',
  title,
  why: link,
  run: async (world) => {
    await world.provider.send(text(world, { body }))
    same(onlySent(world).body, body, 'The text at the vendor')
  },
})

/** A text of so many characters, each of one GSM septet. */
const exactly = (length: number) => `${'All work and no play. '.repeat(80).slice(0, length - 1)}!`

const accepted = ['scheduled', 'queued', 'sending', 'sent', 'delivered']

export const sending: readonly SmsCheck[] = [
  {
    id: 'sms.send.once',
    level: 'must',
    title: 'One call sends one message, to whom and from whom it says',
    why: why.duplicate,
    run: async (world) => {
      await world.provider.send(text(world))
      const { to, from, body } = onlySent(world)
      same({ to, from, body }, { to: recipient, from: world.twin.sender, body: text(world).body }, 'The message at the vendor')
    },
  },
  {
    id: 'sms.send.answer',
    level: 'must',
    title: 'The answer describes the message that was sent',
    why: why.e164,
    run: async (world) => {
      const message = await world.provider.send(text(world))
      same(message.to, recipient, 'to')
      if (message.from !== undefined) same(message.from, world.twin.sender, 'from')
      same(message.direction, 'outbound', 'direction')
      holds(accepted.includes(message.status), `A message just accepted has the status "${message.status}".`)
      if (message.body !== undefined) same(message.body, text(world).body, 'body')
    },
  },
  {
    id: 'sms.send.plus-sign',
    level: 'must',
    title: 'Numbers keep their "+" and their digits, on the way out and on the way back',
    why: why.e164,
    run: async (world) => {
      const to = '+442079460958'
      const message = await world.provider.send(text(world, { to }))
      same(onlySent(world).to, to, 'The recipient at the vendor')
      same(message.to, to, 'The recipient in the answer')
      same((await world.provider.get(message.id)).to, to, 'The recipient, read back')
    },
  },
  unchanged(
    'gsm-text',
    'Every character of the GSM alphabet arrives',
    '@£$¥èéùìòÇ ØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà',
    why.gsm,
  ),
  unchanged('gsm-extended', 'The extended GSM characters arrive', 'Price: 5€ [net] {a|b} ~x^2 C:\\temp', why.gsm),
  unchanged('unicode', 'Text in other scripts arrives', 'Привет, мир. 你好世界 مرحبا שלום नमस्ते e\u0301', why.gsm),
  unchanged('emoji', 'Emoji arrive whole, joined ones too', 'Ready 🚀 family 👩‍👩‍👧‍👦 flag 🇺🇳 skin 👍🏽', why.gsm),
  unchanged(
    'form-characters',
    'Characters that mean something in forms, URLs, JSON and XML arrive',
    'a+b & c=d %41 #e ?f ;g "h" \'i\' <j>k</j> \\u0041 &amp;',
    why.form,
  ),
  unchanged(
    'whitespace',
    'Spaces and line breaks arrive, also at the ends',
    '  two spaces first\n\nand an empty line, then a space ',
    why.form,
  ),
  unchanged('long', 'A text of ten segments arrives whole', exactly(1530), why.gsm),
  {
    id: 'sms.send.longest',
    level: 'must',
    title: 'A text of 1,600 characters arrives whole, or is refused before it is sent, but is never cut',
    why: why.gsm,
    run: async (world) => {
      const body = exactly(1600)
      const result = await outcome(() => world.provider.send(text(world, { body })))
      if (result.ok) return same(onlySent(world).body, body, 'The text at the vendor')
      same(result.error.effect, 'none', `Effect of the refusal (${result.error.code})`)
      same(result.error.field, 'body', 'Field of the refusal')
      same(world.twin.sent().length, 0, 'Messages at the vendor')
    },
  },
  unchanged(
    'long-unicode',
    'A long text in another script arrives whole',
    `${'Съешь ещё этих мягких булок. '.repeat(20)}Всё.`,
    why.gsm,
  ),
  {
    id: 'sms.send.two-recipients',
    level: 'must',
    title: 'Two messages are two messages',
    why: why.duplicate,
    run: async (world) => {
      const first = await world.provider.send(text(world))
      const second = await world.provider.send(text(world))
      same(world.twin.sent().length, 2, 'Messages at the vendor')
      holds(first.id !== second.id, 'Both messages have the same id.')
    },
  },
]

const picture = 'https://example.com/pictures/receipt.png?size=2&page=1'
const card = 'https://example.com/cards/anna%20lee.vcf'

export const media: readonly SmsCheck[] = [
  {
    id: 'sms.send.media',
    level: 'must',
    needs: ['mms'],
    title: 'Pictures and files arrive with the text, all of them, in order',
    why: why.mms,
    run: async (world) => {
      await world.provider.send(text(world, { media: [picture, card] }))
      const { body, media } = onlySent(world)
      same(media, [picture, card], 'Media at the vendor')
      same(body, text(world).body, 'The text at the vendor')
    },
  },
  {
    id: 'sms.send.media-only',
    level: 'must',
    needs: ['mms'],
    title: 'A picture needs no text',
    why: why.mms,
    run: async (world) => {
      const { body: _, ...rest } = text(world, { media: [picture] })
      await world.provider.send(rest)
      same(onlySent(world).media, [picture], 'Media at the vendor')
      same(onlySent(world).body, '', 'The text at the vendor')
    },
  },
]

export const names: readonly SmsCheck[] = [
  {
    id: 'sms.send.from-name',
    level: 'must',
    needs: ['alphanumeric-sender'],
    title: 'A name may stand in place of the sender’s number',
    why: why.mms,
    run: async (world) => {
      // Not to North America, where carriers know no names.
      await world.provider.send(text(world, { from: 'Acme Shop', to: '+447700900123' }))
      same(onlySent(world).from, 'Acme Shop', 'The sender at the vendor')
    },
  },
  {
    id: 'sms.send.price',
    level: 'must',
    needs: ['price'],
    title: 'A delivered message says what it cost',
    why: why.capabilities,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      await world.twin.deliver(onlySent(world).id, 'delivered')
      const { price } = await world.provider.get(id)
      holds(price !== undefined, 'The message has no price.')
      holds(/^[A-Z]{3}$/.test(price.currency), `The currency "${price.currency}" is not three capital letters.`)
    },
  },
]

/** A wish of each capability: what is not declared is refused, and never silently left out. */
const wishes: Readonly<Record<string, (world: SmsWorld) => Parameters<SmsWorld['provider']['send']>[0]>> = {
  mms: (world) => text(world, { media: [picture] }),
  schedule: (world) => text(world, { sendAt: new Date(world.twin.clock.now() + 86_400_000).toISOString() }),
  'alphanumeric-sender': (world) => text(world, { from: 'Acme Shop' }),
}

export { wishes }
