import { sameText, sha256, toHex } from '@do/provider'

/** `do_<tenant>_<64 hex digits>`: it says whose it is, so that a token at the wrong door can be told so. */
export function newToken(tenant: string): string {
  return `do_${tenant}_${toHex(crypto.getRandomValues(new Uint8Array(32)))}`
}

/** The tenant that a token names. Proves nothing. */
export function tenantOf(token: string): string | undefined {
  return /^do_(.+)_[0-9a-f]{64}$/.exec(token)?.[1]
}

/** From the header, or from the subprotocol `bearer.<token>`, as a browser's WebSocket can set no header. */
export function bearer({ headers }: Request): string | undefined {
  const [, given] = /^Bearer ([\x21-\x7e]+)$/i.exec(headers.get('authorization') ?? '') ?? []
  return given ?? /(?:^|,)\s*bearer\.([\w.~-]+)\s*(?:,|$)/.exec(headers.get('sec-websocket-protocol') ?? '')?.[1]
}

/** Compares by digest: neither the time nor the stored text tells anything about the token. */
export async function matches(token: string, digest: string): Promise<boolean> {
  return sameText(await sha256(token), digest)
}

export async function isOperator(token: string, operatorToken: string | undefined): Promise<boolean> {
  if (operatorToken === undefined || operatorToken.length < 16) return false
  return matches(token, await sha256(operatorToken))
}
