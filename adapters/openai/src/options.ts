import type { PriceTable } from '@do/llm'
import type { AdapterOptions } from '@do/provider'

/** Which of OpenAI's two languages is spoken for conversations: chat completions, or Responses. */
export type Api = 'chat' | 'responses'

interface CommonOptions extends AdapterOptions {
  /** What models cost. Default: the table of `@do/llm`. */
  readonly prices?: PriceTable
  /**
   * Shows a summary of the thoughts, where Responses are spoken. Default: none, since OpenAI refuses to summarize for organizations
   * that it has not verified. https://developers.openai.com/api/docs/guides/reasoning#reasoning-summaries
   */
  readonly thoughts?: 'auto' | 'concise' | 'detailed'
}

export interface OpenaiOptions extends CommonOptions {
  /** `sk-…`. https://platform.openai.com/api-keys */
  readonly apiKey: string
  /** For keys of people who belong to several organizations. */
  readonly organization?: string
  readonly project?: string
  /** `auto` (default): Responses for the models that need them, chat completions for the rest. See the README's table. */
  readonly api?: 'auto' | Api
}

export type ThinkingLevel = 'off' | 'low' | 'medium' | 'high'

export interface OpenaiCompatibleOptions extends CommonOptions {
  /** All of it, with its version: `https://api.groq.com/openai/v1`, `http://localhost:11434/v1`. */
  readonly baseUrl: string
  /** Left out where the server asks for none, or wants it in another header (then: `headers`). */
  readonly apiKey?: string
  /** Who runs the server, for prices and sealed thoughts: `groq`. Default: `name`, otherwise `openai-compatible`. */
  readonly vendor?: string
  /** Headers of every request: `{ 'http-referer': 'https://app.example.com' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default `chat`, which every server speaks. */
  readonly api?: Api
  /** What the server can, over the defaults: `{ 'structured-output': false, files: true }`. A text is the reason why not. */
  readonly capabilities?: Readonly<Record<string, boolean | string>>
  /** Default `max_tokens`, which every server knows. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** Ask for usage at the end of streams (`stream_options`)? Default true; a few servers refuse to be asked. */
  readonly streamUsage?: boolean
  /**
   * What the body says for each level: `{ off: { thinking: { type: 'disabled' } } }`. Default: `reasoning_effort` of the same name,
   * `none` for `off`. Nothing: `{ off: {} }`.
   */
  readonly thinking?: Partial<Readonly<Record<ThinkingLevel, Readonly<Record<string, unknown>>>>>
  /** In which field earlier thoughts go back. Default: in none, since some servers refuse them. Sealed ones always go back. */
  readonly thoughtsField?: 'reasoning_content' | 'reasoning'
}

/** What the two factories differ in. */
export interface Dialect {
  readonly vendor: string
  /** The instance's name. */
  readonly provider: string
  readonly prices: PriceTable
  /** OpenAI itself, with its own rules for images, files and speech. */
  readonly isOpenai: boolean
  readonly api: (model: string) => Api
  readonly thoughts: CommonOptions['thoughts']
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens'
  readonly streamUsage: boolean
  readonly thoughtsField: 'reasoning_content' | 'reasoning' | undefined
  /** What the body says for a level of thinking. @throws ProviderError `unsupported` where the model cannot. */
  readonly thinking: (wish: ThinkingWish) => Thinking
}

export interface ThinkingWish {
  readonly api: Api
  readonly level: ThinkingLevel | undefined
  readonly model: string
  readonly hasTools: boolean
}

export interface Thinking {
  readonly body: Readonly<Record<string, unknown>>
  readonly warning?: string
  /** It may think, so that there may be thoughts to show and to seal. */
  readonly thinks?: boolean
}
