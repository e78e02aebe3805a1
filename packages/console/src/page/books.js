import { h, syncRows } from './dom.js'
import { chip, time } from './format.js'

const soft = (text = '–') => h('span', { class: 'soft' }, text)

function section(id, title, ...content) {
  const heading = `heading-${id}`
  const aside = h('p', {})
  const element = h(
    'section',
    { id, 'aria-labelledby': heading },
    h('header', {}, h('h2', { id: heading }, title), aside),
    content,
  )
  return { element, aside, heading }
}

/** A table of figures: account names to the left, amounts to the right, one column for each period. */
function reportView(id, title) {
  const body = h('tbody')
  const head = h('tr')
  const table = h('table', {}, h('caption', { class: 'unseen' }, title), h('thead', {}, head), body)
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': title }, table)
  const note = h('p', { class: 'note' }, 'Nothing has been booked yet.')
  const { element, aside } = section(id, title, scroll, note)
  const update = (report) => {
    aside.textContent = report.subtitle
    head.replaceChildren(
      h('th', { scope: 'col' }, 'Account'),
      ...report.columns.map((column) => h('th', { scope: 'col', class: 'amount' }, column)),
      h('th', { scope: 'col' }, 'Currency'),
    )
    const lines = report.lines.filter((line) => line.heading === undefined || line.heading !== '')
    syncRows(body, lines, (line) => reportRow(line, report.columns.length))
    const empty = !lines.some((line) => line.cells?.some((cell) => cell !== ''))
    scroll.hidden = empty
    note.hidden = !empty
  }
  return { element, update }
}

function reportRow(line, columns) {
  if (line.heading !== undefined)
    return h('tr', {}, h('th', { scope: 'rowgroup', colspan: columns + 2, class: 'part' }, line.heading))
  return h(
    'tr',
    { class: line.total ? 'total' : undefined },
    h('th', { scope: 'row', class: `depth-${Math.min(4, line.depth)}` }, line.name),
    line.cells.map((cell) => h('td', { class: 'amount' }, cell)),
    h('td', {}, line.currency),
  )
}

const svg = (name, attributes, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  element.append(...children)
  return element
}

const width = 640
const height = 220
const margin = { left: 64, right: 8, top: 12, bottom: 28 }

/** Bars for each month. Every figure is in the table below as well, so the picture is one to assistive technology. */
function chartView() {
  const figure = h('figure', { class: 'chart', hidden: true })
  const update = (chart) => {
    figure.hidden = chart === undefined || chart === null
    if (figure.hidden) return
    figure.replaceChildren(drawing(chart), legend(chart))
  }
  return { element: figure, update }
}

function drawing({ currency, months, series }) {
  const values = series.flatMap((one) => one.values)
  const top = Math.max(0, ...values)
  const bottom = Math.min(0, ...values)
  const span = top - bottom || 1
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom }
  const y = (value) => margin.top + ((top - value) / span) * inner.height
  const slot = inner.width / months.length
  const bar = Math.min(28, (slot * 0.8) / series.length)
  const bars = series.flatMap(({ values: own }, index) =>
    own.map((value, month) => {
      const left = margin.left + slot * month + (slot - bar * series.length) / 2 + bar * index
      const shape = { x: left, y: y(Math.max(0, value)), width: bar - 2, height: Math.max(1, Math.abs(y(value) - y(0))) }
      return svg('rect', { ...shape, class: `series-${index}`, rx: 2 })
    }),
  )
  const lines = [top, bottom, 0].filter((value, index, all) => all.indexOf(value) === index)
  const axis = lines.flatMap((value) => [
    svg('line', { x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value), class: 'axis' }),
    text(margin.left - 8, y(value) + 4, Math.round(value).toLocaleString(), 'end'),
  ])
  const names = months.map((month, index) => text(margin.left + slot * (index + 0.5), height - 8, month, 'middle'))
  const label = `Profit and loss by month in ${currency}: ${series
    .map((one) => `${one.name} ${one.values.map((value) => value.toLocaleString()).join(', ')}`)
    .join('; ')}`
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, ...axis, ...bars, ...names)
}

function text(x, y, words, anchor) {
  const element = svg('text', { x, y, 'text-anchor': anchor })
  element.textContent = words
  return element
}

function legend({ currency, series }) {
  return h(
    'figcaption',
    {},
    series.map(({ name }, index) => h('span', { class: `key series-${index}` }, name)),
    soft(`by month, in ${currency}`),
  )
}

const findings = {
  matched: ['matched', 'good'],
  waiting: ['waiting', 'warn'],
  missing_at_provider: ['missing at provider', 'bad'],
  missing_in_books: ['missing in books', 'bad'],
  different: ['different', 'bad'],
  unmapped: ['unmapped', 'bad'],
}

/** What the provider's own ledger says beside the books, for each provider. */
function reconciliationView() {
  const list = h('div', { class: 'reconciliations' })
  const note = h('p', { class: 'note' }, 'Not reconciled yet. POST /books/reconciliations does it.')
  const { element, aside } = section('reconciliation', 'Reconciliation', list, note)
  const update = (all) => {
    note.hidden = all.length > 0
    aside.replaceChildren(
      ...(all.length === 0 ? [] : [all.every(({ ok }) => ok) ? chip('agrees', 'good') : chip('differs', 'bad')]),
    )
    list.replaceChildren(...all.map(oneReconciliation))
  }
  return { element, update }
}

function oneReconciliation({ id, at, counts, balances, items }) {
  const figures = Object.entries(counts).map(([finding, number]) => {
    const [word, tone] = findings[finding] ?? [finding]
    return h('li', {}, chip(`${word} ${number}`, number === 0 ? undefined : tone))
  })
  return h(
    'article',
    { 'aria-label': id },
    h('h3', {}, id, ' ', h('span', { class: 'sub' }, time(at))),
    h('ul', { class: 'chips', 'aria-label': 'Items by finding' }, figures),
    table('Balances', ['Currency', 'Provider says', 'Books say', 'Equal'], balances, (one) => [
      h('th', { scope: 'row' }, one.currency),
      h('td', { class: 'amount' }, one.provider),
      h('td', { class: 'amount' }, one.books),
      h('td', {}, one.equal ? chip('equal', 'good') : chip('different', 'bad')),
    ]),
    items.length > 0 &&
      table('Items that do not match', ['Item', 'Finding', 'Booked', 'Provider has', 'Days'], items, (one) => [
        h('th', { scope: 'row' }, h('code', {}, one.item)),
        h('td', {}, chip(...(findings[one.finding] ?? [one.finding]))),
        h('td', { class: 'amount' }, one.booked),
        h('td', { class: 'amount' }, one.provided),
        h('td', { class: 'amount' }, String(one.ageDays)),
      ]),
  )
}

const amounts = new Set(['Provider says', 'Books say', 'Booked', 'Provider has', 'Days'])

function table(label, columns, rows, row) {
  const head = columns.map((column) => h('th', { scope: 'col', class: amounts.has(column) ? 'amount' : undefined }, column))
  const body = rows.map((record) => h('tr', {}, row(record)))
  const inner = h('table', {}, h('caption', { class: 'unseen' }, label), h('thead', {}, h('tr', {}, head)), h('tbody', {}, body))
  return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label }, inner)
}

/** The books of a tenant: balance sheet, profit and loss as chart and table, reconciliation. Hidden where there are none. */
export function booksView() {
  const balanceSheet = reportView('balance-sheet', 'Balance sheet')
  const profitAndLoss = reportView('profit-and-loss', 'Profit and loss')
  const chart = chartView()
  const reconciliation = reconciliationView()
  profitAndLoss.element.querySelector('header').after(chart.element)
  const element = h('div', { id: 'books', hidden: true }, balanceSheet.element, profitAndLoss.element, reconciliation.element)
  let print = ''
  const update = (books) => {
    element.hidden = books === null || books === undefined
    const now = JSON.stringify(books)
    if (element.hidden || now === print) return
    print = now
    balanceSheet.update(books.balanceSheet)
    profitAndLoss.update(books.profitAndLoss)
    chart.update(books.chart)
    reconciliation.update(books.reconciliations)
  }
  return { element, update }
}
