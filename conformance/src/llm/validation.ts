import type { GenerateInput } from '@do/llm'
import { type BadInput, validationChecks } from '../shared/validation.ts'
import { asking, type LlmCheck, type LlmWorld, pieced, weather } from './world.ts'

/** Values that the types forbid, as they come from JavaScript, forms and models. Asked for both ways. */
const bad = (
  id: string,
  title: string,
  field: keyof GenerateInput | '',
  values: readonly unknown[],
  code?: string,
): BadInput<LlmWorld> => ({
  ...(code === undefined ? {} : { code }),
  id: `llm.invalid.${id}`,
  title,
  field,
  calls: (world) =>
    values.flatMap((value) => {
      const more = (field === '' ? value : { [field]: value }) as Partial<GenerateInput>
      return [() => world.provider.generate(asking(world, more)), () => pieced(world)(more)]
    }),
})

/** The same of another operation. */
const other = (
  id: string,
  title: string,
  field: string,
  values: readonly unknown[],
  call: (world: LlmWorld, value: never) => Promise<unknown>,
): BadInput<LlmWorld> => ({
  id: `llm.invalid.${id}`,
  title,
  field,
  calls: (world) => values.map((value) => () => call(world, value as never)),
})

const says = (content: unknown) => [{ role: 'user', content }]
const schema = weather.parameters

export const validation: readonly LlmCheck[] = validationChecks<LlmWorld>([
  bad('messages', 'A conversation without messages is refused', 'messages', [[], null, undefined, 'Hi', [{}], [null]]),
  bad('role', 'A role that is none is refused', 'messages', [
    [{ role: 'narrator', content: 'Once' }],
    [{ role: '', content: 'Once' }],
  ]),
  bad('content', 'Content that is none is refused', 'messages', [
    says(7),
    says(null),
    says([{ type: 'smell', text: 'x' }]),
    says([{ type: 'text' }]),
  ]),
  bad('picture', 'A picture that is nowhere, or of no type, is refused', 'messages', [
    says([{ type: 'image' }]),
    says([{ type: 'image', data: new Uint8Array(4) }]),
    says([{ type: 'image', url: 'cat.png' }]),
    says([{ type: 'image', url: 'file:///etc/passwd' }]),
    says([{ type: 'image', data: 'iVBORw0KGgo=', mediaType: 'image/png' }]),
  ]),
  bad('result', 'A result of no call is refused', 'messages', [
    [{ role: 'tool', content: 'x' }],
    [{ role: 'tool', toolCall: '', content: 'x' }],
  ]),
  bad('model', 'A model without a name is refused', 'model', ['', [], null, 7, [''], 'x'.repeat(300)]),
  bad(
    'tool-schema',
    'A tool whose schema is none of an object is refused',
    'tools',
    [
      [{ name: 'weather', parameters: { type: 'string' } }],
      [{ name: 'weather', parameters: 'city' }],
      [{ name: 'weather', parameters: null }],
      [{ name: 'weather' }],
      [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'strnig' } } } }],
    ],
    'invalid_schema',
  ),
  bad('tool-name', 'A tool with a name that no vendor takes is refused', 'tools', [
    [{ name: '', parameters: schema }],
    [{ name: 'the weather', parameters: schema }],
    [{ name: 'x'.repeat(65), parameters: schema }],
  ]),
  bad('tool-twice', 'Two tools of one name are refused', 'tools', [[weather, weather]]),
  bad('tool-choice', 'A choice that is none is refused', 'toolChoice', ['maybe', {}, 7, 'required', { tool: 'unheard-of' }]),
  bad(
    'output',
    'A schema for the answer that is none of an object is refused',
    'output',
    [{ schema: { type: 'array' } }, { schema: null }, {}, 'xml'],
    'invalid_schema',
  ),
  bad('thinking', 'A level of thinking that is none is refused', 'thinking', ['deep', 3, true]),
  bad('max-tokens', 'A limit of no tokens is refused', 'maxOutputTokens', [0, -1, 1.5, '100', Number.NaN]),
  bad('temperature', 'A temperature that is none is refused', 'temperature', [-0.1, 2.1, '1', Number.NaN, null]),
  bad('top-p', 'A share above one or below zero is refused', 'topP', [-0.1, 1.1]),
  bad('stop', 'Stop sequences that are empty, or too many, are refused', 'stop', [[''], ['a', 'b', 'c', 'd', 'e'], 'END']),
  bad('seed', 'A seed that is no whole number is refused', 'seed', [1.5, '7']),
  other('nothing', 'No input at all is refused', '', [null, undefined, 'hello', 7], (world, value) =>
    world.provider.generate(value),
  ),
  other('embed', 'Nothing to embed is refused', 'input', [[], [''], ['x', ''], 'text', null], (world, input) =>
    world.provider.embed({ model: 'any', input }),
  ),
  other('dimensions', 'A length of vectors that is none is refused', 'dimensions', [0, -5, 1.5], (world, dimensions) =>
    world.provider.embed({ model: 'any', input: ['x'], dimensions }),
  ),
  other('prompt', 'A picture of nothing is refused', 'prompt', ['', null, 7], (world, prompt) =>
    world.provider.image({ model: 'any', prompt }),
  ),
  other('count', 'No pictures, or too many, are refused', 'count', [0, 11, 1.5], (world, count) =>
    world.provider.image({ model: 'any', prompt: 'x', count }),
  ),
  other('size', 'A size that is none is refused', 'size', ['large', '10', '10x'], (world, size) =>
    world.provider.image({ model: 'any', prompt: 'x', size }),
  ),
  other('speech', 'Nothing to say is refused', 'text', ['', null], (world, text) => world.provider.speak({ model: 'any', text })),
  other('audio', 'Sound that is no bytes is refused', 'audio', ['UklGRg==', null, [1, 2]], (world, audio) =>
    world.provider.transcribe({ model: 'any', audio, mediaType: 'audio/wav' }),
  ),
  other('wire', 'A language that is none is refused', 'wire', ['klingon', '', null], async (world, wire) => {
    for await (const _ of world.provider.relay({ model: 'any', wire, body: {} }));
  }),
])
