import type { FlowStep } from '@do/telephony'
import { type Change, type Mutant, onTheWay } from './mutant.ts'
import { type Driver, type Group, mutant, retold } from './telephony-tools.ts'

/** Changes each step of a flow on its way out. */
const played = (id: string, wrong: string, caughtBy: readonly string[], change: (step: any) => any) =>
  mutant(
    `flow/${id}`,
    wrong,
    caughtBy.map((check) => `flow.${check}`),
    {
      at: onTheWay((body) => {
        if (body.flow !== undefined) body.flow.steps = body.flow.steps.flatMap(change)
      }),
      driver: (driver: Driver) => ({
        ...driver,
        operations: {
          ...driver.operations,
          respond: async (input: any, context: any) => {
            const flow = input.flow === undefined ? {} : { flow: { steps: input.flow.steps.flatMap(change) as FlowStep[] } }
            return (driver.operations as Group).respond({ ...input, ...flow }, context)
          },
        },
      }),
    },
  )

const withoutPlay: Change<'telephony'> = {
  driver: (driver: Driver) => ({
    ...driver,
    descriptor: {
      ...driver.descriptor,
      capabilities: { ...driver.descriptor.capabilities, 'flow.play': 'The vendor plays nothing.' },
    },
  }),
}

/** Wrong in what the person on the line hears, and in what comes of it. */
export const flowMutants: readonly Mutant[] = [
  played('escapes', 'Escapes text as if it were XML, twice.', ['say'], (step) =>
    step.verb === 'say' ? { ...step, text: step.text.replaceAll('&', '&amp;') } : step,
  ),
  played('drops-play', 'Plays nothing.', ['play', 'order'], (step) => (step.verb === 'play' ? [] : step)),
  played('dials-national', 'Dials without the plus sign.', ['dial'], (step) =>
    step.verb === 'dial' ? { ...step, to: step.to.slice(1) } : step,
  ),
  played('one-conference', 'Puts everybody into one conference.', ['conference'], (step) =>
    step.verb === 'conference' ? { ...step, name: 'default' } : step,
  ),
  played('drops-pause', 'Makes no pauses.', ['order', 'pause'], (step) => (step.verb === 'pause' ? [] : step)),
  played('short-pause', 'Pauses for a second, whatever it is told.', ['pause'], (step) =>
    step.verb === 'pause' ? { ...step, seconds: 1 } : step,
  ),
  played('drops-redirect', 'Does not hand calls over.', ['redirect'], (step) => (step.verb === 'redirect' ? [] : step)),
  played('never-hangs-up', 'Leaves the line open.', ['hangup'], (step) => (step.verb === 'hangup' ? [] : step)),
  played('drops-record', 'Records nobody.', ['record'], (step) => (step.verb === 'record' ? [] : step)),
  played('accepts-all', 'Answers calls that should be refused.', ['reject'], (step) =>
    step.verb === 'reject' ? { verb: 'say', text: 'Sorry.' } : step,
  ),
  played('silent-gather', 'Waits for keys without saying so.', ['gather'], (step) =>
    step.verb === 'gather' ? { ...step, prompt: undefined } : step,
  ),
  mutant(
    'flow/no-answer',
    'Leaves the vendor’s question unanswered.',
    ['flow.gather', 'flow.gather-again', 'flow.gather-timeout', 'flow.incoming', 'flow.incoming-gather', 'flow.reject'],
    {
      driver: (driver: Driver) => ({
        ...driver,
        operations: { ...driver.operations, respond: async () => ({ status: 200, headers: {}, body: '' }) },
      }),
    },
  ),
  retold('number-for-keys', 'Takes keys for a number.', ['flow.gather-leading-zeros'], (event) =>
    event.digits === undefined ? event : { ...event, digits: String(Number(event.digits)) },
  ),
  retold('timeout-is-digits', 'Does not tell a time-out from keys.', ['flow.gather-timeout'], (event) =>
    event.reason === undefined ? event : { ...event, reason: 'digits' },
  ),
  retold('eats-plus', 'Loses the plus sign of callers.', ['flow.incoming'], (event) =>
    event.from === undefined ? event : { ...event, from: event.from.slice(1) },
  ),
  retold('awaits-nothing', 'Does not say that the vendor waits.', ['flow.incoming'], (event) =>
    event.awaiting === undefined ? event : { ...event, awaiting: false },
  ),
  retold(
    'other-call',
    'Takes the event’s id for the call’s.',
    ['calls.status.in-progress', 'calls.record.live', 'flow.record', 'flow.gather'],
    (event) => (event.call === undefined ? event : { ...event, call: `memory:${event.eventId}` }),
  ),
  mutant(
    'flow/drops-silently',
    'Leaves out steps that it cannot do.',
    ['flow.refused'],
    {
      ...withoutPlay,
      provider: (provider) => ({
        calls: {
          ...provider.calls,
          make: ({ flow, ...input }: any, options: any) => {
            const steps = flow.steps.filter(({ verb }: any) => verb !== 'play')
            return provider.calls.make(
              { ...input, flow: { steps: steps.length > 0 ? steps : [{ verb: 'pause', seconds: 1 }] } },
              options,
            )
          },
        },
      }),
    },
    withoutPlay,
  ),
]
