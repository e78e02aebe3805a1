// Subprotocols of a client of ours; one that names none of them is stock Cap'n Web.

/** A connection of one that can resume. */
export const fresh = 'do.rpc.1'
/** Before the id of the session that it was cut off from. */
export const again = 'do.rpc.1.resume.'
/** Besides one of them: what the server sends is to be compressed. */
export const compressed = 'do.rpc.compressed'
