import { type Json, missent, ways } from './llm-tools.ts'
import type { Mutant } from './mutant.ts'

const parts = (body: Json): Json[] => body.turns.flatMap((turn: Json) => turn.parts)
const drop = (name: string) => (body: Json) => {
  delete body[name]
}

/** Sends something else than what was asked for. */
export const llmAskingMutants: readonly Mutant[] = [
  missent('text/trims', 'Trims the text.', ways('unchanged'), (body) => {
    for (const part of parts(body)) part.text = part.text?.trim()
  }),
  missent('text/latin', 'Writes text in an old character set.', ways('unchanged'), (body) => {
    for (const part of parts(body)) part.text = part.text?.replaceAll(/[\u0100-\uffff]/g, '?')
  }),
  missent('text/lost', 'Asks something else.', ways('text'), (body) => {
    body.turns[0].parts = [{ kind: 'text', text: 'What is the capital of Spain?' }]
  }),
  missent('system/said-by-user', 'Puts instructions into the mouth of the user.', ways('system'), (body) => {
    for (const text of body.system ?? []) body.turns[0].parts.unshift({ kind: 'text', text })
    delete body.system
  }),
  missent('system/dropped', 'Drops instructions.', ways('system'), drop('system')),
  missent('turns/last', 'Sends the last message only.', ways('turns', 'tool-result', 'tool-results'), (body) => {
    body.turns = body.turns.slice(-1)
  }),
  missent('turns/one-role', 'Takes everybody for the user.', ways('turns'), (body) => {
    for (const turn of body.turns) turn.from = 'user'
  }),
  missent('turns/backwards', 'Sends the newest message first.', ways('turns'), (body) => {
    body.turns.reverse()
  }),
  missent('parts/first', 'Sends the first part of a message only.', ways('parts', 'picture', 'file', 'sound'), (body) => {
    for (const turn of body.turns) turn.parts = turn.parts.slice(0, 1)
  }),
  missent('limit/dropped', 'Drops the limit of tokens.', ways('max-tokens'), drop('limit')),
  missent('temperature/zero-dropped', 'Takes zero for nothing.', ways('temperature', 'seed'), (body) => {
    if (!body.temperature) delete body.temperature
    if (!body.seed) delete body.seed
  }),
  missent('temperature/halved', 'Takes the scale of the temperature for another.', ways('temperature'), (body) => {
    if (body.temperature !== undefined) body.temperature /= 2
  }),
  missent('stop/dropped', 'Drops stop sequences.', ways('stop'), drop('stop')),
  missent('stop/first', 'Sends the first stop sequence only.', ways('stop'), (body) => {
    body.stop = body.stop?.slice(0, 1)
  }),
  missent('seed/dropped', 'Drops the seed without a word.', ways('seed'), drop('seed')),
  missent('defaults/added', 'Has opinions of its own.', ways('nothing-added'), (body) => {
    body.temperature ??= 0.7
  }),
  missent('thinking/added', 'Lets the model think, unasked.', ways('nothing-added'), (body) => {
    body.effort ??= 'little'
  }),
  missent('picture/type-guessed', 'Takes every picture for a JPEG.', ways('picture'), (body) => {
    for (const part of parts(body)) if (part.kind === 'image') part.type = 'image/jpeg'
  }),
  missent('picture/broken', 'Cuts the bytes of pictures.', ways('picture'), (body) => {
    for (const part of parts(body)) part.data = part.data?.slice(0, 8)
  }),
  missent('picture/url-as-text', 'Writes the address of a picture into the text.', ways('picture-url'), (body) => {
    for (const part of parts(body)) {
      if (part.url === undefined) continue
      Object.assign(part, { kind: 'text', text: part.url })
      delete part.url
    }
  }),
  missent('file/as-picture', 'Takes a file for a picture.', ways('file'), (body) => {
    for (const part of parts(body)) if (part.kind === 'file') part.kind = 'image'
  }),
  missent('sound/untyped', 'Forgets what kind of sound it is.', ways('sound'), (body) => {
    for (const part of parts(body)) if (part.kind === 'audio') delete part.type
  }),
  missent(
    'tools/dropped',
    'Drops tools without a word.',
    [...ways('tool-offered', 'schema-with-tools'), ...['failover.generate-keeps-tools', 'failover.stream-keeps-tools']],
    drop('tools'),
  ),
  missent('tools/unexplained', 'Sends the names of tools only.', ways('tool-offered'), (body) => {
    for (const tool of body.tools ?? []) Object.assign(tool, { description: undefined, schema: { type: 'object' } })
  }),
  missent(
    'tools/choice-dropped',
    'Drops the choice of tools.',
    ways('tool-choice-none', 'tool-choice-required', 'tool-choice-named'),
    drop('choice'),
  ),
  missent(
    'tools/always-one',
    'Requires a tool, always.',
    ways('tool-choice-auto', 'tool-choice-none', 'nothing-added'),
    (body) => {
      body.choice = 'must'
    },
  ),
  missent(
    'tools/result-of-nobody',
    'Sends results without the id of their call.',
    ways('tool-result', 'tool-results'),
    (body) => {
      for (const turn of body.turns) delete turn.answers
    },
  ),
  missent('tools/results-of-one', 'Sends all results under the id of the first call.', ways('tool-results'), (body) => {
    const first = body.turns.find((turn: Json) => turn.from === 'tool')?.answers
    for (const turn of body.turns) if (turn.from === 'tool') turn.answers = first
  }),
  missent(
    'tools/ids-tidied',
    'Rewrites ids of calls that do not look like its own, but not those of results.',
    ways('tool-ids-in-kind'),
    (body) => {
      for (const part of parts(body)) part.id = part.id?.replaceAll(/[^\w-]/g, '_')
    },
  ),
  missent('tools/failure-dropped', 'Drops what a failed tool said.', ways('tool-failed'), (body) => {
    for (const turn of body.turns) if (turn.failed) turn.parts = []
  }),
  missent('tools/arguments-emptied', 'Forgets with what a tool was called.', ways('tool-result'), (body) => {
    for (const part of parts(body)) if (part.kind === 'call') part.arguments = '{}'
  }),
  missent(
    'shape/dropped',
    'Drops the schema and hopes.',
    [...ways('schema', 'schema-with-tools'), ...['failover.generate-keeps-schema', 'failover.stream-keeps-schema']],
    drop('shape'),
  ),
  missent('shape/as-json', 'Asks for any JSON instead of the schema.', ways('schema'), (body) => {
    if (body.shape === undefined) return
    delete body.shape
    body.json = true
  }),
  missent('shape/without-tools', 'Drops tools when there is a schema.', ways('schema-with-tools'), (body) => {
    if (body.shape !== undefined) delete body.tools
  }),
  missent('json/dropped', 'Does not ask for JSON.', ways('json'), drop('json')),
  missent('thinking/one-level', 'Knows one level of thinking.', ways('thinking-levels'), (body) => {
    if (body.effort !== undefined && body.effort !== 'none') body.effort = 'some'
  }),
  missent('thinking/dropped', 'Drops the level of thinking.', ways('thinking-levels', 'thinking-off'), drop('effort')),
  missent('thinking/off-is-little', 'Takes off for a little.', ways('thinking-off'), (body) => {
    if (body.effort === 'none') body.effort = 'little'
  }),
  missent('seals/dropped', 'Does not send seals back.', ways('seals-returned'), (body) => {
    for (const part of parts(body)) delete part.seal
  }),
  missent('seals/rewritten', 'Sends seals back in another writing.', ways('seals-returned'), (body) => {
    for (const part of parts(body)) part.seal = part.seal?.toUpperCase()
  }),
]
