import { h } from './dom.js'

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export function time(at) {
  if (at === undefined) return '–'
  const date = new Date(at)
  const today = date.toDateString() === new Date().toDateString()
  return h('time', { datetime: date.toISOString(), title: day.format(date) }, today ? clock.format(date) : day.format(date))
}

const tones = {
  good: ['delivered', 'completed', 'done', 'closed', 'active', 'received', 'sent', 'set'],
  warn: ['unknown', 'dispatched', 'half-open', 'pending', 'no-answer', 'busy', 'reconciling'],
  bad: ['failed', 'undelivered', 'open-breaker', 'missing', 'none'],
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
      entries.map((entry) => h('li', {}, trailChip(entry))),
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

function trailChip(entry) {
  const [mark, tone] = markOf(entry)
  return h('span', { class: 'chip', 'data-tone': tone, title: sentence(entry) }, `${entry.provider} ${mark}`)
}

function markOf(entry) {
  if (entry.action === 'skip') return ['skipped', undefined]
  if (entry.action === 'wait') return ['waited', undefined]
  if (entry.effect === 'done') return [entry.action === 'lookup' ? 'asked: done' : '✓', 'good']
  if (entry.effect === 'unknown') return [entry.action === 'lookup' ? 'asked: unknown' : '?', 'warn']
  return entry.action === 'lookup' ? ['asked', undefined] : ['✕', 'bad']
}

const verbs = { attempt: 'Tried', skip: 'Skipped', lookup: 'Looked up at', wait: 'Waited for' }
const effects = { done: 'it happened', none: 'nothing happened', unknown: 'nobody can tell yet' }

function sentence(entry) {
  const facts = [
    entry.effect && effects[entry.effect],
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

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`
