import type { Llm } from '../interface.ts'
import { askerOf } from './ask.ts'
import { mediaFunctions } from './media.ts'
import type { FunctionOptions } from './settings.ts'
import { shapedFunctions, textFunctions } from './text.ts'

export type { Embed, EmbedSettings, FlatPrompted, FlatValue, ImageSettings, SpeakSettings, TranscribeSettings } from './media.ts'
export type { JsonSchema, SchemaOf, StandardSchema } from './schema.ts'
export {
  type Answered,
  type AnswerStore,
  attach,
  type FunctionOptions,
  type Marked,
  type Media,
  type Prompted,
  type PromptedStream,
  type Settings,
  type Value,
  verbatim,
} from './settings.ts'

/** The functions of `createFunctions`. */
export type Functions = ReturnType<typeof textFunctions> & ReturnType<typeof shapedFunctions> & ReturnType<typeof mediaFunctions>

/**
 * Language models as functions: `write`, `summarize`, `list`, `extract`, `is`, `decide`, `code`, `embed`, `image`, `speak` and
 * `transcribe`, over any provider.
 *
 * A value in a template is data: it stands between tags that it cannot close, and the model is told not to follow it. That helps
 * against instructions hidden in data, and is no guarantee: give no answer more power than its author may have.
 *
 * Errors beside those of the interface: `answer_cut`, `content_filter`, `refusal`, `not_json`, `does_not_fit` (with the path as
 * `field`), `invalid_schema`, `invalid_input`.
 */
export function createFunctions(llm: Llm, options: FunctionOptions): Functions {
  const asker = askerOf(llm, options)
  const defaults = options.defaults ?? {}
  return {
    ...textFunctions(llm, asker, defaults),
    ...shapedFunctions(asker, defaults),
    ...mediaFunctions(llm, asker, options, defaults),
  }
}
