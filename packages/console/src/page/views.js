import { booksView } from './books.js'
import { h, syncRows } from './dom.js'
import { chip, count, dollars, time } from './format.js'
import { tableNames, tableSection } from './tables.js'

/** What a person sees before signing in. `submit(token)` answers a sentence when it did not work. */
export function signInView(submit, problem) {
  const input = h('input', {
    type: 'password',
    id: 'token',
    name: 'token',
    autocomplete: 'current-password',
    required: true,
    'aria-describedby': 'token-help',
  })
  const error = h('p', { class: 'alarm', role: 'alert', hidden: problem === undefined }, problem ?? '')
  const button = h('button', {}, 'Sign in')
  const send = async (event) => {
    event.preventDefault()
    button.disabled = true
    const answer = await submit(input.value)
    button.disabled = false
    if (answer === undefined) return
    error.textContent = answer
    error.hidden = false
    input.select()
  }
  const form = h(
    'form',
    { class: 'sign-in', onsubmit: send },
    h('h1', {}, 'Sign in'),
    h(
      'p',
      { class: 'soft', id: 'token-help' },
      'The operator token is printed by "npm start", and set as OPERATOR_TOKEN elsewhere.',
    ),
    error,
    h('label', { for: 'token' }, 'Operator token'),
    input,
    button,
  )
  return { element: h('section', { 'aria-label': 'Sign in' }, form), focus: () => input.focus() }
}

/** A table without a heading of its own, kept up to date by `update(records)`. */
function listView(label, columns, row) {
  const body = h('tbody')
  const head = h(
    'tr',
    {},
    columns.map((column) => h('th', { scope: 'col' }, column)),
  )
  const table = h('table', {}, h('caption', { class: 'unseen' }, label), h('thead', {}, head), body)
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label }, table)
  const update = (records) => {
    syncRows(body, records, row)
    scroll.hidden = records.length === 0
  }
  return { scroll, update }
}

const kinds = {
  messages: 'Messages',
  calls: 'Calls',
  numbers: 'Numbers',
  payments: 'Payments',
  answers: 'Answers',
  actions: 'Durable actions',
}

/** A figure with what it is made of: `12`, and below `delivered 10, sent 2`. */
function figure(totals, name) {
  const own = totals.filter((total) => total.name === name && total.total !== 0)
  const sum = own.reduce((all, { total }) => all + total, 0)
  const parts = own.filter(({ bucket }) => bucket !== '').map(({ bucket, total }) => `${bucket} ${total}`)
  return [String(sum), parts.length > 0 && h('span', { class: 'sub' }, parts.join(', '))]
}

export function overviewView() {
  const note = h('p', { class: 'note' }, 'No tenant yet. Create one with PUT /t/:tenant.')
  const levels = listView('Totals', ['Level', ...Object.values(kinds)], ({ id, name, totals }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name, h('span', { class: 'sub' }, new URL(id).pathname)),
      Object.keys(kinds).map((kind) => h('td', { class: 'text', 'data-total': kind }, figure(totals, kind))),
    ),
  )
  const columns = ['Tenant', 'Messages', 'Calls', 'Numbers', 'Unresolved intents', 'Open breakers', 'Last activity']
  const list = listView('Tenants', columns, (t) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('a', { href: `#/t/${t.id}` }, t.name ?? t.id), t.unreachable && chip('unreachable', 'warn')),
      [t.messages, t.calls, t.numbers].map((figure) => h('td', {}, String(figure ?? '–'))),
      h('td', {}, t.unresolved > 0 ? chip(String(t.unresolved), 'warn') : String(t.unresolved ?? '–')),
      h('td', {}, t.openBreakers > 0 ? chip(String(t.openBreakers), 'bad') : String(t.openBreakers ?? '–')),
      h('td', { class: 'time' }, time(t.lastActivityAt)),
    ),
  )
  const element = h(
    'div',
    {},
    h('h1', {}, 'All tenants'),
    h('p', { class: 'lead' }, 'Live: figures change when something happens, counted from the changes of every tenant.'),
    h('section', { 'aria-label': 'Totals' }, levels.scroll),
    h('section', { 'aria-label': 'Tenants' }, list.scroll, note),
  )
  const update = ({ id, totals, business, tenants }) => {
    levels.update([...(business ? [{ name: 'Business', ...business }] : []), { id, name: 'Product', totals }])
    list.update(tenants)
    note.hidden = tenants.length > 0
  }
  return { element, update, title: 'All tenants' }
}

export function tenantView(id) {
  const heading = h('h1', {}, id)
  const lead = h('p', { class: 'lead' })
  const figures = h('dl', { class: 'figures' })
  const alarm = h('p', { class: 'alarm', role: 'status', hidden: true })
  const books = booksView()
  const sections = Object.fromEntries(tableNames.map((name) => [name, tableSection(name)]))
  const element = h(
    'div',
    {},
    heading,
    lead,
    alarm,
    figures,
    books.element,
    tableNames.map((name) => sections[name].section),
  )
  const update = (data) => {
    heading.textContent = data.tenant.name ?? id
    lead.replaceChildren('Tenant ', h('code', {}, id), ', since ', time(data.tenant.createdAt))
    const shown = [
      ['Messages', data.totals.messages],
      ['Calls', data.totals.calls],
      ['Numbers', data.totals.numbers],
      ['Payments', data.totals.payments],
      ['Answers', data.totals.answers],
      ['Spent on models this month', dollars(data.spending.month)],
      ['Opted out', data.totals.optOuts],
      ['Unresolved intents', data.totals.unresolved],
    ]
    figures.replaceChildren(...shown.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, String(value)))))
    const open = data.providers.filter((provider) => provider.breaker === 'open')
    alarm.hidden = open.length === 0
    alarm.textContent = `${count(open.length, 'breaker')} open: ${open.map((p) => `${p.name} (${p.interface})`).join(', ')}. Requests go to the next provider.`
    books.update(data.books)
    for (const name of tableNames) sections[name].update(data[name], data.totals[name])
  }
  return { element, update, title: id }
}

export function tenantLinks(tenants, current) {
  const link = (href, name, active, figure) =>
    h(
      'li',
      {},
      h(
        'a',
        { href, 'aria-current': active ? 'page' : undefined },
        name,
        figure !== undefined && h('span', { class: 'count' }, String(figure), h('span', { class: 'unseen' }, ' messages')),
      ),
    )
  return h(
    'ul',
    {},
    link('#/', 'All tenants', current === undefined),
    tenants.map((tenant) => link(`#/t/${tenant.id}`, tenant.name ?? tenant.id, tenant.id === current, tenant.messages)),
  )
}
