import { h, syncRows } from './dom.js'
import { chip, count, dollars, time, trail } from './format.js'

const party = (number) => h('span', { class: 'number' }, number ?? '–')
const lines = (...words) => words.map((word, index) => (index === 0 ? word : word && h('span', { class: 'sub' }, word)))

/** One table: what it shows, in which columns, and what to say when there is nothing. */
const tables = {
  providers: {
    title: 'Providers',
    empty: 'No provider is configured. Put a configuration and credentials.',
    columns: ['Order', 'Provider', 'Interface', 'Credential', 'Breaker', 'Last fault'],
    row: (p) => [
      p.order === undefined ? h('span', { class: 'soft' }, 'not in use') : String(p.order),
      { head: p.name },
      p.interface,
      chip(p.credential),
      p.breaker === 'open' ? chip('open', 'bad') : chip(p.breaker),
      p.lastFault ? lines(p.lastFault.code, time(p.lastFault.at)) : h('span', { class: 'soft' }, '–'),
    ],
  },
  messages: {
    title: 'Messages',
    empty: 'No message yet.',
    columns: ['Time', 'Direction', 'To', 'From', 'Content', 'Status', 'Trail'],
    row: (m) => [
      time(m.createdAt),
      m.direction,
      party(m.to),
      party(m.from),
      { cell: content(m), is: 'short' },
      { cell: lines(chip(m.status), problem(m)), is: 'text' },
      { cell: trail(m.trail), is: 'wide' },
    ],
  },
  calls: {
    title: 'Calls',
    empty: 'No call yet.',
    columns: ['Time', 'Direction', 'To', 'From', 'What happened', 'Status', 'Trail'],
    row: (c) => [
      time(c.createdAt),
      c.direction,
      party(c.to),
      party(c.from),
      [
        c.durationSeconds !== undefined && `${c.durationSeconds} s`,
        c.digits && `${count(c.digits, 'digit')} gathered`,
        c.recordings > 0 && count(c.recordings, 'recording'),
      ]
        .filter(Boolean)
        .join(', ') || h('span', { class: 'soft' }, '–'),
      { cell: lines(chip(c.status), problem(c)), is: 'text' },
      { cell: trail(c.trail), is: 'wide' },
    ],
  },
  payments: {
    title: 'Payments',
    empty: 'No payment yet.',
    columns: ['Time', 'Amount', 'Captured', 'Refunded', 'Status', 'Waits for', 'Trail'],
    row: (p) => [
      time(p.createdAt),
      { head: p.amount },
      p.captured ?? soft(),
      p.refunded ?? soft(),
      { cell: lines(chip(p.status), problem(p)), is: 'text' },
      p.waits ?? soft(),
      { cell: trail(p.trail), is: 'wide' },
    ],
  },
  movements: {
    title: 'Refunds, transfers and payouts',
    empty: 'Nothing has been refunded, transferred or paid out yet.',
    columns: ['Time', 'What', 'Amount', 'Status', 'Provider', 'Trail'],
    row: (m) => [
      time(m.createdAt),
      { head: m.kind },
      m.amount ?? soft(),
      { cell: lines(chip(m.status), problem(m)), is: 'text' },
      m.provider ?? soft(),
      { cell: trail(m.trail), is: 'wide' },
    ],
  },
  disputes: {
    title: 'Disputes',
    empty: 'No dispute yet.',
    columns: ['Time', 'Amount', 'Status', 'Reason', 'Answer by'],
    row: (d) => [time(d.createdAt), { head: d.amount }, chip(d.status), d.reason ?? soft(), time(d.respondBy)],
  },
  sellers: {
    title: 'Connected accounts',
    empty: 'No connected account yet.',
    columns: ['Account', 'Country', 'Status', 'Charges', 'Payouts', 'Still required'],
    row: (s) => [
      { head: h('code', {}, s.id) },
      s.country,
      { cell: lines(chip(s.status), s.disabledReason), is: 'text' },
      s.chargesEnabled ? 'yes' : 'no',
      s.payoutsEnabled ? 'yes' : 'no',
      s.requirements.length === 0 ? soft() : { cell: s.requirements.map(({ code }) => code).join(', '), is: 'wide' },
    ],
  },
  answers: {
    title: 'Answers of language models',
    empty: 'No language model has been asked yet.',
    columns: ['Time', 'Asked for', 'Answered by', 'Tokens in', 'Tokens out', 'Cost', 'Status', 'Route'],
    row: (a) => [
      time(a.createdAt),
      { head: a.asked || a.operation },
      a.provider === undefined ? soft() : { cell: lines(a.provider, a.model), is: 'text' },
      a.usage === undefined ? soft() : String(a.usage.input + a.usage.cacheRead + a.usage.cacheWrite),
      a.usage === undefined ? soft() : String(a.usage.output),
      a.microUsd > 0 ? dollars(a.microUsd) : soft(),
      { cell: lines(chip(a.status), a.finish), is: 'text' },
      { cell: lines(a.route ?? '', trail(a.trail)), is: 'wide' },
    ],
  },
  intents: {
    title: 'Intents',
    empty: 'No intent yet. One is written before anything is sent.',
    columns: ['Time', 'Operation', 'Key', 'State', 'Provider', 'Attempts', 'Reconciled'],
    row: (i) => [
      time(i.createdAt),
      { head: i.operation },
      { cell: h('code', {}, i.key), is: 'text' },
      chip(i.state),
      i.provider ?? '–',
      String(i.attempts),
      i.reconciled ? lines(chip(i.reconciled.effect), time(i.reconciled.at)) : h('span', { class: 'soft' }, '–'),
    ],
  },
  actions: {
    title: 'Durable actions',
    empty: 'No durable action yet. Each is written down before it starts, and goes on when the process dies.',
    columns: ['Time', 'Action', 'State', 'Attempts', 'Steps', 'Waits for', 'Error'],
    row: (a) => [
      time(a.createdAt),
      { head: a.name },
      chip(a.state),
      String(a.attempts),
      { cell: steps(a.steps), is: 'wide' },
      a.waitsFor ?? soft(),
      a.error ? { cell: lines(a.error.code ?? a.error.name, a.error.step && `step ${a.error.step}`), is: 'text' } : soft(),
    ],
  },
  schedules: {
    title: 'Schedules',
    empty: 'No schedule yet.',
    columns: ['Schedule', 'When', 'Does', 'State', 'Next run', 'Last run', 'Became of it'],
    row: (s) => [
      { head: s.id },
      s.text,
      s.handler ?? soft(),
      chip(s.state),
      time(s.nextAt),
      time(s.last?.due),
      s.last ? lines(chip(s.last.state), s.last.reason) : soft(),
    ],
  },
  numbers: {
    title: 'Numbers',
    empty: 'No number yet.',
    columns: ['Number', 'Provider', 'Features', 'Label', 'Status'],
    row: (n) => [{ head: party(n.number) }, n.provider, n.features.join(', '), n.label ?? '–', chip(n.status)],
  },
  audit: {
    title: 'Audit log',
    empty: 'Nothing has been changed yet.',
    columns: ['Time', 'Who', 'What', 'Details'],
    row: (a) => [
      time(a.at),
      a.who,
      { head: a.what },
      a.details ? { cell: h('code', {}, a.details), is: 'wide' } : h('span', { class: 'soft' }, '–'),
    ],
  },
}

const soft = () => h('span', { class: 'soft' }, '–')
const marks = {
  done: ['✓', 'good'],
  open: ['…', 'warn'],
  failed: ['✕', 'bad'],
  uncertain: ['?', 'warn'],
  again: ['again', 'warn'],
}

function steps(all) {
  if (all.length === 0) return soft()
  const chips = all.map(({ name, state }) => {
    const [mark, tone] = marks[state] ?? [state]
    return h('li', {}, chip(`${name} ${mark}`, tone))
  })
  return h('ol', { class: 'trail', 'aria-label': 'Steps in order' }, chips)
}

function content(message) {
  const parts = [
    message.segments > 0 && `${count(message.segments, 'segment')} ${message.encoding === 'ucs-2' ? 'UCS-2' : 'GSM-7'}`,
    message.media > 0 && count(message.media, 'picture or file', 'pictures or files'),
  ].filter(Boolean)
  return parts.join(', ') || h('span', { class: 'soft' }, '–')
}

const problem = (record) => (record.error ? `${record.error.code}: ${record.error.message}` : record.failure)

export const tableNames = Object.keys(tables)

/** A section with a table that is filled, and kept up to date, by `update(records)`. */
export function tableSection(name) {
  const { title, empty, columns, row } = tables[name]
  const heading = `heading-${name}`
  const body = h('tbody')
  const total = h('p', {})
  const note = h('p', { class: 'note', hidden: true }, empty)
  const table = h(
    'table',
    {},
    h('caption', { class: 'unseen' }, title),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columns.map((column) => h('th', { scope: 'col' }, column)),
      ),
    ),
    body,
  )
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': heading }, table)
  const section = h(
    'section',
    { 'aria-labelledby': heading, id: name },
    h('header', {}, h('h2', { id: heading }, title), total),
    scroll,
    note,
  )
  const update = (records, all = records.length) => {
    syncRows(body, records, (record) => h('tr', {}, row(record).map(cell)))
    note.hidden = records.length > 0
    scroll.hidden = records.length === 0
    total.textContent = records.length === 0 ? '' : all > records.length ? `newest ${records.length} of ${all}` : String(all)
  }
  return { section, update }
}

function cell(value) {
  if (typeof value === 'object' && value !== null && 'head' in value) return h('th', { scope: 'row' }, value.head)
  if (typeof value === 'object' && value !== null && 'is' in value) return h('td', { class: value.is }, value.cell)
  return h('td', { class: value instanceof HTMLTimeElement ? 'time' : undefined }, value)
}
