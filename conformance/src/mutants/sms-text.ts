import { type Change, changed, inTurn, type Mutant, onTheWay, onTheWayBack, things } from './mutant.ts'

const mutant = (id: string, wrong: string, caughtBy: readonly string[], change: Change<'sms'>): Mutant => ({
  id: `sms.${id}`,
  interface: 'sms',
  wrong,
  caughtBy: caughtBy.map((check) => `sms.${check}`),
  options: changed('sms', change),
})

/** Changes the text of each message on its way out. */
const spoilt = (id: string, wrong: string, caughtBy: readonly string[], spoil: (text: string) => string) =>
  mutant(
    id,
    wrong,
    caughtBy.map((check) => `send.${check}`),
    {
      at: onTheWay((body) => {
        if (typeof body.text === 'string') body.text = spoil(body.text)
      }),
    },
  )

/** Changes each message as the vendor gives it back. */
const misread = (id: string, wrong: string, caughtBy: readonly string[], change: (message: Record<string, any>) => void) =>
  mutant(id, wrong, caughtBy, { at: onTheWayBack((body) => things(body).forEach(change)) })

/** Leaves a parameter out of the list's URL. */
const unfiltered = (name: string) =>
  mutant(`list/forgets-${name}`, `Does not pass the filter "${name}" on.`, [`list.${name}`], {
    at: onTheWay((_, url, method) => {
      if (method === 'GET' && url.pathname.endsWith('/messages')) url.searchParams.delete(name)
    }),
  })

export const smsTextMutants: readonly Mutant[] = [
  spoilt(
    'text/latin-1',
    'Sends text in an encoding that lacks most letters.',
    ['gsm-text', 'gsm-extended', 'unicode', 'emoji', 'long-unicode'],
    (text) => text.replace(/[^\x20-\x7e\n]/g, '?'),
  ),
  spoilt('text/split-pairs', 'Cuts characters outside the basic plane in half.', ['emoji'], (text) =>
    [...text].map((c) => c[0]).join(''),
  ),
  spoilt('text/normalises', 'Composes accents that were given apart.', ['unicode'], (text) => text.normalize('NFC')),
  spoilt('text/escapes', 'Escapes text as if it were HTML.', ['form-characters'], (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  ),
  spoilt('text/decodes', 'Decodes text as if it were a form, once too often.', ['form-characters', 'whitespace'], (text) =>
    text.replaceAll('+', ' ').trim(),
  ),
  spoilt('text/trims', 'Trims the text.', ['whitespace'], (text) => text.trim()),
  spoilt('text/one-segment', 'Cuts the text to one segment.', ['long', 'longest', 'long-unicode'], (text) => text.slice(0, 160)),
  mutant('send/eats-plus', 'Loses the plus sign of numbers coming back.', ['send.answer', 'send.plus-sign', 'get.same'], {
    at: onTheWayBack((body) => {
      for (const message of things(body)) message.to = message.to.replace('+', '')
    }),
  }),
  mutant('send/national', 'Takes every number for an American one.', ['send.plus-sign'], {
    at: onTheWay((body) => {
      if (typeof body.to === 'string' && !body.to.startsWith('+1')) body.to = `+1${body.to.slice(1)}`
    }),
  }),
  mutant('send/twice', 'Sends each message twice.', ['send.once', 'send.two-recipients', 'send.key.none'], {
    provider: ({ send }) => ({ send: (input: any, options: any) => inTurn(send(input), () => send(input, options)) }),
  }),
  mutant('send/same-is-once', 'Takes two equal messages for one.', ['send.two-recipients'], {
    provider: ({ send }) => {
      const known = new Map<string, Promise<unknown>>()
      return {
        send: (input: any, options: any) => {
          const key = JSON.stringify(input)
          const sent = known.get(key) ?? send(input, options)
          known.set(key, sent)
          return sent
        },
      }
    },
  }),
  mutant('send/drops-media', 'Sends the text without the pictures.', ['send.media', 'send.media-only'], {
    at: onTheWay((body) => void delete body.media),
  }),
  mutant('send/first-picture', 'Sends only the first picture.', ['send.media'], {
    at: onTheWay((body) => {
      if (Array.isArray(body.media)) body.media = body.media.slice(0, 1)
    }),
  }),
  mutant('send/words-for-pictures', 'Puts the picture’s address into a text that was left out.', ['send.media-only'], {
    at: onTheWay((body) => {
      if (body.text === '' && Array.isArray(body.media)) body.text = body.media[0]
    }),
  }),
  mutant(
    'send/number-for-name',
    'Sends from the account’s number whatever the sender.',
    ['send.from-name', 'sender.refused-by-vendor'],
    {
      at: onTheWay((body) => {
        if (body.from !== undefined) body.from = '+14155550100'
      }),
    },
  ),
  mutant('send/no-price', 'Leaves out what a message cost, and declares that it says so.', ['send.price'], {
    provider: ({ get }) => ({ get: async (id: any, options: any) => ({ ...(await get(id, options)), price: undefined }) }),
  }),
  misread(
    'get/inbound',
    'Takes every message for an inbound one.',
    ['get.same', 'send.answer'],
    (message) => (message.direction = 'inbound'),
  ),
  misread('get/no-text', 'Leaves the text out, and declares that it gives it.', ['get.body'], (message) => (message.text = '')),
  misread(
    'get/old-status',
    'Takes "delivered" for "sent".',
    ['get.follows-status', 'event.late-status', 'event.status-agrees'],
    (message) => {
      if (message.status === 'delivered') message.status = 'sent'
    },
  ),
  misread(
    'get/no-reason',
    'Does not say why a message was not delivered.',
    ['get.failure'],
    (message) => void delete message.error,
  ),
  mutant('list/oldest-first', 'Lists the oldest message first.', ['list.newest-first'], {
    at: onTheWayBack((body) => void body.items?.reverse()),
  }),
  ...['since', 'until', 'to', 'from'].map(unfiltered),
  mutant('list/never-empty', 'Makes an item of an empty answer.', ['list.empty'], {
    at: onTheWayBack((body) => {
      if (body.items?.length !== 0) return
      const message = {
        id: 'msg_00000000deadbeef',
        direction: 'outbound',
        to: '+14155550123',
        from: '+14155550100',
        text: '',
        media: [],
      }
      body.items.push({
        ...message,
        status: 'sent',
        segments: 1,
        price: { amount: '0', currency: 'USD' },
        created_at: '2026-01-01T00:00:00.000Z',
      })
    }),
  }),
  mutant('list/last-only', 'Lists one message only.', ['list.newest-first', 'list.from'], {
    at: onTheWayBack((body) => void body.items?.splice(1)),
  }),
]
