// English forms by rule, with the exceptions that names of business things and acts meet. Whoever's word is none of these gives
// its forms in the definition.

const irregularPlurals = table(
  'person people, child children, man men, woman women, foot feet, tooth teeth, mouse mice, datum data, medium media, ' +
    'criterion criteria, phenomenon phenomena, analysis analyses, basis bases, thesis theses, crisis crises, diagnosis diagnoses, ' +
    'hypothesis hypotheses, axis axes, quiz quizzes, life lives, wife wives, knife knives, half halves, shelf shelves, leaf leaves, ' +
    'loaf loaves, thief thieves, wolf wolves, self selves, calf calves, hero heroes, potato potatoes, tomato tomatoes, echo echoes, ' +
    'veto vetoes, bus buses, alias aliases, status statuses, series series, species species, news news, equipment equipment, ' +
    'information information, software software, hardware hardware, staff staff, feedback feedback, money money, sheep sheep, ' +
    'fish fish, aircraft aircraft, metadata metadata, inventory inventories',
)

/** Past participle. */
const irregularEvents = table(
  'be been, become become, begin begun, bid bid, bind bound, bite bitten, break broken, bring brought, broadcast broadcast, ' +
    'build built, buy bought, cast cast, catch caught, choose chosen, come come, cost cost, cut cut, deal dealt, do done, draw drawn, ' +
    'drive driven, eat eaten, fall fallen, feed fed, feel felt, fight fought, find found, fly flown, forget forgotten, ' +
    'forgive forgiven, freeze frozen, get got, give given, go gone, grow grown, hang hung, have had, hear heard, hide hidden, hit hit, ' +
    'hold held, hurt hurt, keep kept, know known, lay laid, lead led, leave left, lend lent, let let, light lit, lose lost, make made, ' +
    'mean meant, meet met, pay paid, put put, quit quit, read read, ride ridden, ring rung, rise risen, run run, say said, see seen, ' +
    'seek sought, sell sold, send sent, set set, shake shaken, shoot shot, show shown, shut shut, sing sung, sink sunk, sit sat, ' +
    'sleep slept, speak spoken, spend spent, spin spun, split split, spread spread, stand stood, steal stolen, stick stuck, ' +
    'strike struck, swear sworn, swim swum, take taken, teach taught, tell told, think thought, throw thrown, wake woken, wear worn, ' +
    'win won, write written, relay relayed',
)

/** Of several syllables with the stress on the last: the consonant is doubled. */
const stressedLast = new Set(
  (
    'admit allot begin commit compel concur confer control defer deter emit equip excel expel forget format incur infer input occur ' +
    'omit output patrol permit prefer propel rebel recur refer regret submit transfer transmit upset'
  ).split(' '),
)

const prefixes = /^(re|un|over|under|out|mis|pre|with|up)(?=[a-z]{2})/

/** `Customer` → `Customers`, `PurchaseOrder` → `PurchaseOrders`, `Company` → `Companies`, `Person` → `People`. */
export function pluralOf(noun: string): string {
  // Of a compound the last word changes.
  const start = noun.search(/[A-Z]?[a-z0-9]*$/)
  const last = noun.slice(start)
  return noun.slice(0, start) + withCase(last, plural(last.toLowerCase()))
}

function plural(word: string): string {
  const irregular = irregularPlurals.get(word)
  if (irregular !== undefined) return irregular
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

/** `PurchaseOrders` → `purchase-orders`. */
export function slugOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
}

/** create → creates. Of several words (`signUp`) the first changes. */
export function actOf(verb: string): string {
  return first(verb, (word) => {
    if (word === 'have') return 'has'
    if (word === 'be') return 'is'
    if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
    return /(s|x|z|ch|sh|o)$/.test(word) ? `${word}es` : `${word}s`
  })
}

/** create → creating */
export function activityOf(verb: string): string {
  return first(verb, (word) => {
    if (word === 'be') return 'being'
    if (word.endsWith('ie')) return `${word.slice(0, -2)}ying`
    if (/[^eoy]e$/.test(word)) return `${word.slice(0, -1)}ing`
    return `${doubled(word)}ing`
  })
}

/** create → created, send → sent */
export function eventOf(verb: string): string {
  return first(verb, (word) => {
    const irregular = irregularEvents.get(word)
    if (irregular !== undefined) return irregular
    const [prefix] = prefixes.exec(word) ?? []
    const stem = prefix === undefined ? undefined : irregularEvents.get(word.slice(prefix.length))
    if (stem !== undefined) return `${prefix}${stem}`
    if (word.endsWith('e')) return `${word}d`
    if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ied`
    return `${doubled(word)}ed`
  })
}

function doubled(word: string): string {
  const last = word.at(-1) ?? ''
  if (word.endsWith('ic')) return `${word}k`
  if (!/(^|[^aeiou])(qu)?[aeiou][bdfgklmnprtvz]$/.test(word)) return word
  const stem = word.replace(prefixes, '')
  const oneSyllable = (stem.replace(/qu/g, 'q').match(/[aeiouy]+/g)?.length ?? 0) === 1
  return oneSyllable || stressedLast.has(word) || stressedLast.has(stem) ? word + last : word
}

function first(verb: string, change: (word: string) => string): string {
  const end = verb.search(/[A-Z]/)
  return end === -1 ? change(verb) : change(verb.slice(0, end)) + verb.slice(end)
}

function withCase(pattern: string, word: string): string {
  return /^[A-Z]/.test(pattern) ? word.charAt(0).toUpperCase() + word.slice(1) : word
}

function table(pairs: string): ReadonlyMap<string, string> {
  return new Map(pairs.split(', ').map((pair) => pair.split(' ') as [string, string]))
}
