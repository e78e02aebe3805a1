import { refuse } from '@do/provider'

/** What this model or vendor has not: nothing is sent, and another may be asked. */
export const lacks = (field: string, message: string) => refuse('unsupported', message, { field, elsewhere: true })
