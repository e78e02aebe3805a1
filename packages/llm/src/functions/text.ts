import type { Llm } from '../interface.ts'
import type { UserPart } from '../messages.ts'
import type { Asker, Question } from './ask.ts'
import { fenced } from './fences.ts'
import { dataPrompt, isTemplate, type Prompt, wordsPrompt } from './prompt.ts'
import { prompted, promptedStream } from './prompted.ts'
import { checkWhole } from './refused.ts'
import { objectOf, type SchemaOf, type Shape, shapeOf } from './schema.ts'
import { callOptions, type Prompted, type PromptedStream, type Settings } from './settings.ts'

type Argument = string | readonly UserPart[]

const listTask = 'Answer with a list of what is asked for: every item by itself, without numbering.'

/** Functions whose answer is text. */
export function textFunctions(llm: Llm, asker: Asker, defaults: Settings) {
  const question =
    (name: string, task: string) =>
    (prompt: Prompt, settings: Settings): Question => ({ function: name, task, prompt, settings })
  const text = (name: string, task: string, read: (argument: Argument) => Prompt) => {
    const asked = question(name, task)
    return prompted(read, async (prompt, settings) => (await asker.text(asked(prompt, settings))).trim(), defaults)
  }
  const writing = question('write', '')

  return {
    /** Writes what the prompt asks for. */
    write: Object.assign(text('write', '', wordsPrompt), {
      stream: promptedStream(wordsPrompt, (prompt, settings) => pieces(llm, asker, writing(prompt, settings)), defaults),
    }) as Prompted<string> & { readonly stream: PromptedStream },
    /** The gist of a text, short. */
    summarize: text(
      'summarize',
      'Summarize the text that you are given, in its own language, in a few sentences. Answer with the summary only.',
      dataPrompt,
    ),
    /** Code in a language, without a fence and without a word around it. */
    code: (language: string): Prompted<string> => {
      const asked = question('code', `Write code in ${language}. Answer with the code only: no explanation, no fence.`)
      return prompted(wordsPrompt, async (prompt, settings) => unfenced(await asker.text(asked(prompt, settings))), defaults)
    },
  }
}

async function* pieces(llm: Llm, asker: Asker, question: Question): AsyncGenerator<string> {
  const stream = llm.stream(asker.request(question), callOptions(question.settings))
  let start = { provider: '', model: '' }
  for await (const event of stream) {
    if (event.type === 'start') start = { provider: event.provider, model: event.model }
    if (event.type === 'text' && event.text !== '') yield event.text
    if (event.type !== 'finish') continue
    const { finish, usage, cost } = event
    asker.tell({ function: question.function, cached: false, ...start, finish, usage, cost })
    checkWhole({ finish, provider: start.provider })
  }
}

const unfenced = (text: string) => (fenced(text) ?? text).replace(/^\n+/, '').trimEnd()

/** Functions whose answer has a shape. */
export function shapedFunctions(asker: Asker, defaults: Settings) {
  const shaped = <Output, Result>(
    name: string,
    task: string,
    read: (argument: Argument) => Prompt,
    shape: Shape<Output>,
    take: (output: Output) => Result,
  ) =>
    prompted(
      read,
      async (prompt, settings) => take(await asker.json({ function: name, task, prompt, settings }, shape)),
      defaults,
    )

  const texts = shapeOf<{ items: string[] }>({ jsonSchema: object({ items: { type: 'array', items: { type: 'string' } } }) })
  const listOfTexts = shaped('list', listTask, wordsPrompt, texts, ({ items }) => items)

  function list(template: TemplateStringsArray, ...values: readonly unknown[]): Promise<string[]>
  function list(argument: Argument, settings?: Settings): Promise<string[]>
  function list<Item>(item: SchemaOf<Item>): Prompted<Item[]>
  function list(first: TemplateStringsArray | Argument | SchemaOf<unknown>, ...rest: readonly unknown[]): unknown {
    if (isTemplate(first)) return listOfTexts(first, ...(rest as readonly string[]))
    if (typeof first === 'string' || Array.isArray(first)) return listOfTexts(first as string, rest[0] as Settings)
    const shape = listShape(shapeOf(first as SchemaOf<unknown>))
    return shaped('list', listTask, wordsPrompt, shape, (items) => items)
  }

  return {
    /** What the prompt asks for, as a list: of texts, or of things of a schema (`list(schema)`…``). */
    list: Object.assign(list, { with: listOfTexts.with }),
    /** What a text says, in the shape of a schema: an object, or an array of them. */
    extract: <Output>(schema: SchemaOf<Output>): Prompted<Output> =>
      shaped(
        'extract',
        'Extract from what you are given what the schema asks for. Take only what stands there; invent nothing.',
        dataPrompt,
        shapeOf(schema),
        (output) => output,
      ),
    /** Is it so? */
    is: shaped(
      'is',
      'Decide whether it is true. Answer false where you cannot tell.',
      wordsPrompt,
      shapeOf<{ answer: boolean }>({ jsonSchema: object({ answer: { type: 'boolean' } }) }),
      ({ answer }) => answer,
    ),
    /** One of the options, by their names, or names with what they mean. */
    decide: <const Option extends string>(options: readonly Option[] | Readonly<Record<Option, string>>): Prompted<Option> => {
      const names = (Array.isArray(options) ? [...options] : Object.keys(options)) as Option[]
      const meanings = Array.isArray(options)
        ? names
        : names.map((name) => `${name}: ${(options as Readonly<Record<Option, string>>)[name]}`)
      return shaped(
        'decide',
        `Decide for exactly one of these options:\n${meanings.map((meaning) => `- ${meaning}`).join('\n')}`,
        dataPrompt,
        shapeOf<{ choice: Option }>({ jsonSchema: object({ choice: { type: 'string', enum: names } }) }),
        ({ choice }) => choice,
      )
    },
  }
}

const object = (properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

/** A list of what one shape describes. */
function listShape<Item>(item: Shape<Item>): Shape<Item[]> {
  return {
    jsonSchema: objectOf(item.jsonSchema, 'items', (items) => ({ type: 'array', items })),
    async read(json) {
      const given = typeof json === 'object' && json !== null && 'items' in json ? json.items : undefined
      if (!Array.isArray(given)) return { problem: { path: 'items', message: 'must be a list' } }
      const read = await Promise.all(given.map((each) => item.read(each)))
      const value: Item[] = []
      for (const [index, outcome] of read.entries()) {
        if ('problem' in outcome) {
          const { path, message } = outcome.problem
          return { problem: { path: path === '' ? `items.${index}` : `items.${index}.${path}`, message } }
        }
        value.push(outcome.value)
      }
      return { value }
    },
  }
}
