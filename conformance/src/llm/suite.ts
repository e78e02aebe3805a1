import type { Suite, World } from '../check.ts'
import { clientChecks } from '../shared/clients.ts'
import { breaking } from './breaking.ts'
import { capabilities } from './capabilities.ts'
import { counting } from './counting.ts'
import { failing } from './failing.ts'
import { finishing } from './finishing.ts'
import { media } from './media.ts'
import { relaying } from './relay.ts'
import { routing } from './routing.ts'
import { shaping } from './shapes.ts'
import { streaming } from './streaming.ts'
import { talking } from './talking.ts'
import { thinking } from './thinking.ts'
import { timing } from './times.ts'
import { calling } from './tools.ts'
import { validation } from './validation.ts'
import type { LlmWorld } from './world.ts'

/**
 * What `Llm` promises: it answers, at once and in pieces, the same either way; calls tools, keeps to a schema, thinks; counts
 * tokens and money; then streams break, time runs out, people leave, vendors fail; then somebody else takes over.
 */
export const llmSuite: Suite<LlmWorld> = {
  name: 'llm',
  twinMethods: ['models', 'say', 'asked', 'generated', 'breakStream', 'refuseNext', 'wire'],
  open: (world: World) => world as LlmWorld,
  checks: [
    ...[...talking, ...finishing, ...calling, ...shaping, ...thinking, ...counting],
    ...[...streaming, ...breaking, ...timing, ...failing],
    ...[...media, ...relaying],
    ...[...capabilities, ...validation, ...routing],
    ...clientChecks<LlmWorld>('llm'),
  ],
}
