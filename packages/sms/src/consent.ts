/**
 * Opt-out and opt-in by keyword, as carriers in North America require (CTIA Messaging Principles §5.1.3).
 * Only a message that is the keyword alone counts.
 */
const stop = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'REVOKE'])
const start = new Set(['START', 'UNSTOP', 'YES', 'OPTIN'])

export function consentIn(body: string): 'stop' | 'start' | undefined {
  const word = body
    .trim()
    .toUpperCase()
    .replace(/[.!]+$/, '')
  if (stop.has(word)) return 'stop'
  if (start.has(word)) return 'start'
  return undefined
}
