import { atLeast, type Row } from '../report.ts'
import { inTurns, typical } from '../rounds.ts'
import { compared, cpuOf, perSecond } from './compare.ts'
import { type Servers, timed } from './servers.ts'
import { posted } from './writes.ts'

// One run of an action with many steps, from the request to the last step on disk. The floor is as many transactions of one row.

const count = 5_000

export async function steps({ raw, ours }: Servers): Promise<Row[]> {
  const run = (server: typeof raw, path: string) => () =>
    timed(server, () => posted(`${server.url}${path}/${count}`).then(() => count))
  const rounds = await inTurns(
    {
      'raw object, transactions of one row': run(raw, '/Steps/a'),
      'ours, steps without side effect': run(ours, '/thing/steps/steps/none'),
      'ours, steps with a side effect': run(ours, '/thing/steps/steps/once'),
    },
    { rounds: 9, warmUp: 2 },
  )
  const floor = 'raw object, transactions of one row'
  const [plain, effect] = ['ours, steps without side effect', 'ours, steps with a side effect'] as const
  return [
    atLeast(
      'journaled steps in one object',
      typical(rounds, (round) => perSecond(round[plain])),
      20_000,
      ' /s',
      0,
    ),
    {
      what: 'the same, for each second of CPU',
      measured: `${(1000 / cpuOf(rounds, plain)).toFixed(0)} /s`,
    },
    {
      what: 'journaled steps with a side effect',
      measured: `${typical(rounds, (round) => perSecond(round[effect])).toFixed(0)} /s`,
    },
    ...compared('journaled steps / raw transactions', rounds, { ours: plain, floor }),
  ]
}
