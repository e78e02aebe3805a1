/** Signed, stateless sessions: the cookie proves that somebody knew the operator token, and until when. */
export interface Sessions {
  /** Answers a cookie's value, or undefined when the token is wrong. */
  open(token: string): Promise<string | undefined>
  valid(cookie: string | undefined): Promise<boolean>
}

export const sessionSeconds = 12 * 3600

const encoder = new TextEncoder()

export function sessions(operatorToken: string, now: () => number): Sessions {
  const sign = async (text: string) => {
    const key = await crypto.subtle.importKey('raw', encoder.encode(operatorToken), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ])
    const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
  return {
    open: async (token) => {
      if (operatorToken === '') return undefined
      // Comparing signatures instead of tokens takes the same time wherever they differ.
      const [given, wanted] = await Promise.all([sign(`token ${token}`), sign(`token ${operatorToken}`)])
      if (given !== wanted) return undefined
      const until = String(now() + sessionSeconds * 1000)
      return `${until}.${await sign(`session ${until}`)}`
    },
    valid: async (cookie) => {
      const [, until, signature] = /^(\d{1,16})\.([0-9a-f]{64})$/.exec(cookie ?? '') ?? []
      if (until === undefined || signature === undefined || operatorToken === '') return false
      return signature === (await sign(`session ${until}`)) && now() < Number(until)
    },
  }
}
