import { type BadInput, validationChecks } from '../shared/validation.ts'
import { type CallInput, ring, type TelephonyCheck, type TelephonyWorld } from './world.ts'

const badCall = (id: string, title: string, field: keyof CallInput, values: readonly unknown[]): BadInput<TelephonyWorld> => ({
  id: `telephony.invalid.${id}`,
  title,
  field,
  calls: (world) => values.map((value) => () => world.provider.calls.make({ ...ring(world), [field]: value } as CallInput)),
})

export const validation: readonly TelephonyCheck[] = validationChecks<TelephonyWorld>([
  badCall('to', 'A callee that is no number in E.164 is refused', 'to', ['14155550123', '+1 415 555 0123', 'anna', '', null]),
  badCall('from', 'A caller that is no number in E.164 is refused', 'from', ['ACME', '555', '']),
  badCall('flow', 'A flow that nobody can run is refused', 'flow', [
    undefined,
    { steps: [] },
    { steps: [{ verb: 'sing', text: 'la' }] },
    { steps: [{ verb: 'say', text: '' }] },
    { steps: [{ verb: 'hangup' }, { verb: 'say', text: 'after the end' }] },
    { steps: [{ verb: 'play', url: 'song.mp3' }] },
    { steps: [{ verb: 'pause', seconds: 0 }] },
    { steps: [{ verb: 'say', text: 'x' }, { verb: 'reject' }] },
  ]),
  badCall('timeout', 'A ringing time that cannot be meant is refused', 'timeout', [0, 4, 601, 10.5, '30']),
  {
    id: 'telephony.invalid.country',
    title: 'A search without a known country is refused',
    field: 'country',
    calls: ({ provider }) =>
      ['us', 'USA', 'ZZ', '', undefined].map((country) => () => provider.numbers.search({ country } as never).page()),
  },
  {
    id: 'telephony.invalid.area-code',
    title: 'An area code that is no digits is refused',
    field: 'areaCode',
    calls: ({ provider }) =>
      ['41a', '', '1234567'].map((areaCode) => () => provider.numbers.search({ country: 'US', areaCode }).page()),
  },
  {
    id: 'telephony.invalid.buy',
    title: 'Buying something that nobody offered is refused',
    field: 'id',
    calls: ({ provider }) => ['+14155550123', '', null].map((id) => () => provider.numbers.buy({ id } as never)),
  },
  {
    id: 'telephony.invalid.call-url',
    title: 'An address that is none is refused',
    field: 'callUrl',
    calls: ({ provider }) =>
      ['/calls', 'ftp://example.com'].map((callUrl) => () => provider.numbers.configure({ id: `${provider.name}:x`, callUrl })),
  },
])
