import type { Counts, Inspection, Waiting } from '@do/core/inspect'

type Shown = Inspection & { readonly databaseBytes?: number; readonly sockets?: number }

/** For people: sections that have something to say, a line each. */
export function asText(shown: Shown): string {
  const { record, state, collections, jobs, actions, schedules, intents, changes, children, deadLetters, rpc } = shown
  if (record === null) return 'Nothing has been stored in this object yet.'
  const sections: [string, readonly string[]][] = [
    [
      `${record.type} ${record.id}`,
      [
        `version ${record.version}, created ${record.createdAt}, updated ${record.updatedAt}`,
        ...(record.context === null ? [] : [`context ${record.context}`]),
        ...(shown.databaseBytes === undefined ? [] : [`database ${shown.databaseBytes} bytes`]),
        ...(shown.sockets === undefined ? [] : [`open sockets ${shown.sockets}`]),
      ],
    ],
    ['State', state.keys === 0 ? [] : [`${state.keys} keys, ${state.bytes} bytes`]],
    ['Collections', collections.map(({ name, documents }) => `${name}: ${documents}`)],
    ['Jobs', [...counts(jobs.byState), ...(jobs.next === null ? [] : [`next at ${jobs.next}`]), ...jobs.listed.map(line)]],
    ['Actions', [...counts(actions.byState), ...actions.listed.map(line)]],
    ['Schedules', schedules.map(({ name, state: now, next }) => `${name}: ${now}${next === null ? '' : `, next ${next}`}`)],
    ['Intents', counts(intents.byState)],
    ['Changes', changes.map(({ table, rows }) => `${table}: ${rows}`)],
    ['Children', counts(children.byType)],
    ['RPC', rpc.sessions === 0 ? [] : [`${rpc.sessions} resumable sessions`, ...counts(rpc.calls)]],
    ['Dead letters', deadLetters.map(line)],
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map((text) => `  ${text}`).join('\n')}`)
    .join('\n\n')
}

function counts(byName: Counts): string[] {
  const parts = Object.entries(byName).map(([name, count]) => `${count} ${name}`)
  return parts.length === 0 ? [] : [parts.join(', ')]
}

function line({ kind, id, name, state, attempts, due, error }: Waiting): string {
  const when = due === null ? '' : `, due ${due}`
  const why = error === null ? '' : `, last error ${error}`
  return `${kind} ${name} ${state}, attempts ${attempts}${when}${why}  ${id}`
}
