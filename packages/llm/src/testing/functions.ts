import { type Answered, createFunctions, type FunctionOptions } from '../functions/index.ts'
import { scriptedLlm } from './scripted.ts'

/** The functions over a model by script, with books of what they came to. */
export function setup(options: Partial<FunctionOptions> = {}, without: readonly string[] = []) {
  const model = scriptedLlm({ without })
  const books: Answered[] = []
  const ai = createFunctions(model.llm, {
    model: 'small',
    models: { embedding: 'vec', image: 'pic', speech: 'voice', transcription: 'ear' },
    onAnswer: (answered) => books.push(answered),
    ...options,
  })
  const systemOf = (at: number) => model.asked[at]?.input.messages[0]?.content
  const userOf = (at: number) => model.asked[at]?.input.messages.at(-1)?.content
  return { ...model, ai, books, systemOf, userOf }
}
