import type { VendorFault, Verdict } from '@do/provider'
import { MemoryApiError } from './client.ts'

/** The vendor's codes. A real adapter links each row to the vendor's page (`see`). */
export const errors: Readonly<Record<string, Verdict>> = {
  bad_recipient: {
    code: 'invalid_recipient',
    effect: 'none',
    fault: 'recipient',
    message: 'The vendor says that this is no number.',
  },
  bad_sender: {
    code: 'invalid_sender',
    effect: 'none',
    fault: 'caller',
    message: 'The account does not own the sender.',
    elsewhere: true,
  },
  opted_out: {
    code: 'opted_out',
    effect: 'none',
    fault: 'recipient',
    message: 'The recipient has opted out. Send nothing more.',
  },
  number_gone: { code: 'number_unavailable', effect: 'none', fault: 'caller', message: 'The number is sold. Search again.' },
  call_ended: { code: 'call_ended', effect: 'none', fault: 'caller', message: 'The call has ended; nothing can be changed.' },
  already_sent: { code: 'not_cancelable', effect: 'none', fault: 'caller', message: 'The message has been sent already.' },
}

/** The vendor's field names, in ours. */
const names: Readonly<Record<string, string>> = { text: 'body', number: 'id' }

export function fault(error: unknown): VendorFault {
  if (!(error instanceof MemoryApiError)) return {}
  const field = error.field === undefined ? undefined : (names[error.field] ?? error.field)
  return { vendorCode: error.code, thing: error.thing, field }
}
