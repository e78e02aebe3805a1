/** Names of days and months as people and cron write them, by their first three letters or in full. */
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/** 0 (Sunday) to 6. */
export function weekdayOf(word: string): number | undefined {
  return indexOf(weekdays, word.replace(/(day)s$/, '$1'))
}

/** 1 to 12. */
export function monthOf(word: string): number | undefined {
  const index = indexOf(months, word)
  return index === undefined ? undefined : index + 1
}

function indexOf(names: readonly string[], word: string): number | undefined {
  const index = names.findIndex((name) => name === word || name.slice(0, 3) === word)
  return index === -1 ? undefined : index
}
