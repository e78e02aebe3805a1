/**
 * Thoughts on the wire. OpenAI shows none in chat completions; other servers write them as `reasoning_content` (DeepSeek, vLLM) or
 * `reasoning` (Groq, Ollama, OpenRouter), OpenRouter with `reasoning_details` beside, which hold the seals of whoever thought.
 * https://openrouter.ai/docs/guides/best-practices/reasoning-tokens
 */
interface Detail {
  readonly type?: unknown
  readonly index?: unknown
  readonly id?: unknown
  readonly text?: unknown
  readonly summary?: unknown
  readonly data?: unknown
  readonly signature?: unknown
}

type Draft = { -readonly [Name in keyof Detail]: Detail[Name] }

/** Puts the pieces of `reasoning_details` together. */
export interface Seals {
  add(details: unknown): void
  /** All since the last time as one seal, where there is one among them. */
  take(): string | undefined
}

const growing = ['text', 'summary', 'data', 'signature'] as const

export function seals(): Seals {
  let drafts: Draft[] = []
  return {
    add(details) {
      if (!Array.isArray(details)) return
      for (const detail of details as readonly Detail[]) {
        if (typeof detail !== 'object' || detail === null) continue
        const last = drafts.at(-1)
        const goesOn =
          last !== undefined && detail.index !== undefined && last.index === detail.index && last.type === detail.type
        if (!goesOn) {
          drafts.push({ ...detail })
          continue
        }
        for (const name of growing) {
          const more = detail[name]
          if (typeof more === 'string') last[name] = typeof last[name] === 'string' ? last[name] + more : more
        }
      }
    },
    take() {
      const taken = drafts
      const isSealed = taken.some(({ signature, data }) => typeof signature === 'string' || typeof data === 'string')
      if (!isSealed) return undefined
      drafts = []
      return JSON.stringify(taken)
    },
  }
}

/** What `reasoning_details` show of the thoughts. */
export function detailed(details: unknown): string {
  if (!Array.isArray(details)) return ''
  return (details as readonly (Detail | null)[]).map((detail) => textIn(detail?.text ?? detail?.summary).text).join('')
}

/** What a seal of ours holds, to be sent back unchanged. */
export function sealedThoughts(signature: string | undefined): readonly unknown[] {
  if (signature === undefined) return []
  try {
    const details: unknown = JSON.parse(signature)
    return Array.isArray(details) ? details : [details]
  } catch {
    return []
  }
}

/** Text as servers write it: mostly a string, sometimes a number, sometimes parts. */
export function textIn(content: unknown): { readonly text: string; readonly thoughts: string } {
  if (typeof content === 'string') return { text: content, thoughts: '' }
  if (typeof content === 'number' || typeof content === 'boolean') return { text: String(content), thoughts: '' }
  let text = ''
  let thoughts = ''
  // Mistral thinks in parts of the content.
  for (const part of Array.isArray(content) ? (content as readonly { text?: unknown; thinking?: unknown }[]) : []) {
    if (typeof part?.text === 'string') text += part.text
    if (part?.thinking !== undefined) thoughts += textIn(part.thinking).text
  }
  return { text, thoughts }
}
