import { holds, outcome, same } from '../assert.ts'
import { why } from '../why.ts'
import { bothWays, type LlmCheck, lastAsked, unlessRefused, weather } from './world.ts'

const shaped = bothWays(why.shapes, ['structured-output'])
const json = bothWays(why.shapes, ['json'])
const output = { schema: weather.parameters, name: 'forecast' }
const said = { city: 'Paris', days: 3 }

const keysOf = (schema: unknown) => Object.keys((schema as { properties?: object } | undefined)?.properties ?? {})

/** Answers that programs read. */
export const shaping: readonly LlmCheck[] = [
  ...shaped('schema', 'A schema reaches the vendor, and the answer is parsed', async (world, answer) => {
    world.twin.say({ text: JSON.stringify(said) })
    const { object, finish } = await answer({ output })
    same(keysOf(lastAsked(world).schema), ['city', 'days'], 'What the schema at the vendor describes')
    same([object, finish], [said, 'stop'], 'The object, and finish')
  }),
  ...shaped('schema-cut', 'An answer that was cut has no object', async (world, answer) => {
    world.twin.say({ text: '{"city":"Par', finish: 'length' })
    const { object, finish } = await answer({ output })
    same([object, finish], [undefined, 'length'], 'The object, and finish')
  }),
  ...shaped('schema-broken', 'What is no JSON although JSON was promised is an error', async (world, answer) => {
    world.twin.say({ text: 'not json at all' })
    const result = await outcome(() => answer({ output }))
    holds(!result.ok, 'The answer is no JSON, but the call succeeded.')
    same(result.error.fault, 'provider', 'Fault')
  }),
  ...shaped(
    'schema-with-tools',
    'A schema and tools together both reach the vendor, or are refused',
    async (world, answer) => {
      world.twin.say({ text: JSON.stringify(said) })
      await unlessRefused(world, () => answer({ output, tools: [weather] }))
      const { schema, tools } = lastAsked(world)
      holds(tools.includes('weather'), 'The tools did not reach the vendor.')
      same(keysOf(schema), ['city', 'days'], 'What the schema at the vendor describes')
    },
    { needs: ['tools'] },
  ),
  ...json('json', 'JSON of any shape is asked for, and parsed', async (world, answer) => {
    world.twin.say({ text: '{"anything":[1,2]}' })
    const { object } = await answer({ output: 'json', messages: [{ role: 'user', content: 'Answer in JSON.' }] })
    const asked = lastAsked(world)
    holds(asked.json === true || asked.schema !== undefined, 'The vendor was not asked for JSON.')
    same(object, { anything: [1, 2] }, 'The object')
  }),
  ...json('no-object', 'Who asks for words gets no object, even where they happen to be JSON', async (world, answer) => {
    world.twin.say({ text: '{"a":1}' })
    const { object, text } = await answer()
    same([object, text], [undefined, '{"a":1}'], 'Object and text')
    world.twin.say({ text: '{"a":1}' })
    same((await answer({ output: 'json' })).object, { a: 1 }, 'The object, asked for')
  }),
]
