/**
 * Anthropic's language has no word for who sealed a thought. Another vendor's seal is sent as `do.<vendor>.<seal>`, so that it is
 * known again when it comes back.
 */
const pattern = /^do\.([a-z0-9-]+)\.(.*)$/s

export const sealFor = (seal: string, signedBy: string): string => (signedBy === 'anthropic' ? seal : `do.${signedBy}.${seal}`)

export function sealOf(text: string): { readonly seal: string; readonly signedBy: string } {
  const [, signedBy, seal] = pattern.exec(text) ?? []
  return signedBy === undefined || seal === undefined ? { seal: text, signedBy: 'anthropic' } : { seal, signedBy }
}
