import { holds, NotApplicable, same } from '../assert.ts'
import { why } from '../why.ts'
import { bothWays, type LlmCheck } from './world.ts'

const ends = bothWays(why.finishing)

/** Why an answer ended, the same whichever way it came. */
export const finishing: readonly LlmCheck[] = [
  ...ends('finish-stop', 'An answer that was done ends as done', async (world, answer) => {
    world.twin.say({ text: 'All of it.' })
    const { finish, text } = await answer()
    same([finish, text], ['stop', 'All of it.'], 'Finish and text')
  }),
  ...ends('finish-length', 'An answer that was cut at the limit says so', async (world, answer) => {
    world.twin.say({ text: 'Once upon a', finish: 'length' })
    const { finish, text } = await answer({ maxOutputTokens: 16 })
    same([finish, text], ['length', 'Once upon a'], 'Finish and text')
  }),
  ...ends('finish-filter', "An answer that the vendor's filter cut says so", async (world, answer) => {
    world.twin.say({ text: 'Once upon a', finish: 'content_filter' })
    const { finish } = await answer()
    same(finish, 'content_filter', 'Finish')
  }),
  ...ends('finish-unheard', 'A reason that nobody knows is kept in the words of the vendor', async (world, answer) => {
    world.twin.say({ text: 'Once upon a', finish: 'unheard' })
    const { finish, rawFinish, text } = await answer()
    same([finish, text], ['other', 'Once upon a'], 'Finish and text')
    holds(rawFinish !== undefined && rawFinish !== '', "The vendor's own word for the reason is lost.")
    holds(world.twin.generated().length === 1, 'It was asked for again.')
  }),
  ...ends('finish-refusal', 'A model that declines is not taken for a filter, and its words are kept', async (world, answer) => {
    world.twin.say({ refuses: 'I would rather not say.' })
    const { finish, refusal, text } = await answer()
    holds(['refusal', 'stop'].includes(finish), `The model declined, and the answer ends in "${finish}".`)
    same(finish === 'refusal' ? (refusal ?? text) : text, 'I would rather not say.', 'What the model said')
    holds(finish === 'refusal' || refusal === undefined, 'There is a refusal, but the answer ends as done.')
  }),
  ...ends('seed-ignored', 'A seed that the vendor has no use for is not dropped in silence', async (world, answer) => {
    if (world.provider.supports('seed')) throw new NotApplicable('The vendor takes a seed.')
    const { warnings = [] } = await answer({ seed: 7 })
    holds(warnings.includes('seed_ignored'), 'The seed was dropped, and no warning says so.')
  }),
]
