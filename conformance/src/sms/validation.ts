import type { SendInput } from '@do/sms'
import { type BadInput, validationChecks } from '../shared/validation.ts'
import { type SmsCheck, type SmsWorld, text } from './world.ts'

/** Values that the types forbid, as they come from JavaScript, forms and databases. */
const bad = (id: string, title: string, field: string, values: readonly unknown[]): BadInput<SmsWorld> => ({
  id: `sms.invalid.${id}`,
  title,
  field,
  calls: (world) => values.map((value) => () => world.provider.send({ ...text(world), [field]: value } as SendInput)),
})

const picture = 'https://example.com/a.png'

export const validation: readonly SmsCheck[] = validationChecks<SmsWorld>([
  bad('to', 'A recipient that is no number in E.164 is refused', 'to', [
    '14155550123',
    '+0123456789',
    '+1 415 555 0123',
    'anna',
    '',
    '++14155550123',
    null,
    14155550123,
  ]),
  bad('from', 'A sender that cannot be one is refused', 'from', ['+12', 'A name that is too long', 'bad_name!', '']),
  bad('body', 'A message without text and media is refused', 'body', ['', undefined, null]),
  bad('too-long', 'A text of more than 1,600 characters is refused, not cut', 'body', ['x'.repeat(1601)]),
  bad('media', 'Media that is no web address is refused', 'media', [
    ['not a url'],
    ['ftp://example.com/a.png'],
    [],
    'https://example.com/a.png',
  ]),
  bad('media-count', 'More than ten media are refused', 'media', [Array.from({ length: 11 }, () => picture)]),
  bad('send-at', 'A time that is no instant in ISO 8601 is refused', 'sendAt', ['tomorrow', '2026-01-01', 1767225600000]),
  {
    id: 'sms.invalid.list',
    title: 'A list filter that cannot be meant is refused',
    field: '',
    calls: ({ provider }) => [
      () => provider.list({ limit: 0 }).page(),
      () => provider.list({ limit: 1.5 }).page(),
      () => provider.list({ since: 'yesterday' }).page(),
      () => provider.list({ to: '555' }).page(),
    ],
  },
  {
    id: 'sms.invalid.nothing',
    title: 'No input at all is refused',
    field: '',
    calls: ({ provider }) => [null, undefined, 'hello', 7].map((value) => () => provider.send(value as never)),
  },
])
