import { h } from './dom.js'

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export function time(at) {
  if (at === undefined || at === null) return '–'
  const date = new Date(at)
  const today = date.toDateString() === new Date().toDateString()
  return h('time', { datetime: date.toISOString(), title: day.format(date) }, today ? clock.format(date) : day.format(date))
}

const tones = {
  good: [
    'delivered',
    'completed',
    'done',
    'closed',
    'active',
    'received',
    'sent',
    'set',
    'ran',
    'captured',
    'succeeded',
    'paid',
    'enabled',
    'won',
  ],
  warn: [
    'unknown',
    'dispatched',
    'half-open',
    'pending',
    'no-answer',
    'busy',
    'uncertain',
    'retrying',
    'skipped',
    'requires_action',
    'processing',
    'in_transit',
    'restricted',
    'needs_response',
    'under_review',
  ],
  bad: ['failed', 'undelivered', 'open-breaker', 'missing', 'none', 'lost', 'rejected', 'declined', 'broken'],
}

/** A state as a coloured word: the word itself says everything, the colour only helps. */
export function chip(word, tone = Object.keys(tones).find((name) => tones[name].includes(word))) {
  return h('span', { class: 'chip', 'data-tone': tone }, word)
}

/** Who was tried, skipped, asked or waited for, and how that ended: one chip each, with every detail below. */
export function trail(entries) {
  if (!entries || entries.length === 0) return h('span', { class: 'soft' }, '–')
  return [
    h(
      'ol',
      { class: 'trail', 'aria-label': 'Providers in order' },
      steps(entries).map((entry) => h('li', {}, trailChip(entry))),
    ),
    h(
      'details',
      {},
      h('summary', {}, 'Why'),
      h(
        'ol',
        {},
        entries.map((entry) => h('li', {}, sentence(entry))),
      ),
    ),
  ]
}

/** Waiting and asking again and again is one thing to the eye; the details keep every try. */
function steps(entries) {
  const shown = []
  for (const entry of entries) {
    if (entry.action === 'wait') continue
    const last = shown.at(-1)
    const again = last?.action === 'lookup' && entry.action === 'lookup' && last.provider === entry.provider
    if (again) shown[shown.length - 1] = { ...entry, times: last.times + 1 }
    else shown.push({ ...entry, times: 1 })
  }
  return shown
}

function trailChip(entry) {
  const [mark, tone] = markOf(entry)
  const times = entry.times > 1 ? ` (${entry.times}×)` : ''
  return h('span', { class: 'chip', 'data-tone': tone, title: sentence(entry) }, `${entry.provider} ${mark}${times}`)
}

function markOf({ action, effect, reason, code }) {
  if (action === 'skip') return ['skipped', undefined]
  if (action === 'lookup')
    return code === undefined
      ? [`asked: ${reason ?? 'no answer'}`, reason === 'found' ? 'good' : undefined]
      : ['asked: no answer', 'warn']
  if (effect === 'done') return ['✓', 'good']
  return effect === 'unknown' ? ['?', 'warn'] : ['✕', 'bad']
}

const verbs = { attempt: 'Tried', skip: 'Skipped', lookup: 'Asked', wait: 'Waited for' }
const effects = { done: 'it happened', none: 'nothing happened', unknown: 'nobody can tell yet' }

function sentence(entry) {
  const facts = [
    entry.action === 'attempt' && effects[entry.effect],
    entry.code,
    entry.fault && `fault: ${entry.fault}`,
    entry.reason,
    entry.status && `HTTP ${entry.status}`,
    entry.retryAfterMs !== undefined && `retry after ${entry.retryAfterMs} ms`,
    entry.ms !== undefined && `${entry.ms} ms`,
    entry.requestId && `request ${entry.requestId}`,
  ]
  return `${verbs[entry.action] ?? entry.action} ${entry.provider}: ${facts.filter(Boolean).join(', ') || 'no details'}`
}

/** Millionths of a US dollar, as exact as they are kept. */
export const dollars = (microUsd) => `$${(microUsd / 1e6).toFixed(6)}`

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`
