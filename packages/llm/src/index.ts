export { type Accumulator, accumulator, collect, generationOf } from './accumulate.ts'
export { warningsOf } from './address.ts'
export { type AnswerBody, bodyOf } from './body.ts'
export { type CheckedArguments, checkArguments } from './check-arguments.ts'
export { type ChunkReader, chunkReader } from './chunk-reader.ts'
export { costOf, factsOf } from './cost.ts'
export {
  costOfImages,
  costOfSpeech,
  costOfTranscription,
  type ImageUnits,
  type SpeechUnits,
  type TranscriptionUnits,
} from './cost-media.ts'
export { estimateMessage, estimateRequest, estimateTokens } from './estimate.ts'
export type {
  FinishReason,
  GenerateInput,
  GenerateRequest,
  Generation,
  GenerationEvent,
} from './generation.ts'
export { type Llm, llm } from './interface.ts'
export type {
  Embeddings,
  EmbedInput,
  ImageInput,
  Images,
  ModelInfo,
  SpeakInput,
  Speech,
  SpeechEvent,
  TranscribeInput,
  Transcript,
  TranscriptEvent,
} from './media.ts'
export { soundTypes } from './media.ts'
export type { AssistantPart, Message, ReasoningPart, TextPart, Tool, ToolCall, UserPart } from './messages.ts'
export { needsOf } from './needs.ts'
export { defaultPrices, type PriceOverrides, withPrices } from './price-table.ts'
export type { ModelFacts, PriceTable } from './prices.ts'
export type { RelayEvent, RelayInput, Wire } from './relay.ts'
export { type Classified, type Classifier, type Complexity, classify } from './route/complexity.ts'
export { type Latencies, latencies } from './route/latencies.ts'
export type { About, InstanceFacts, Route, RouteContext, RouterOptions } from './route/options.ts'
export { type RoutedOptions, routed } from './route/routed.ts'
export { createRouter, type Router } from './route/router.ts'
export { type Problem, schemaProblem } from './schema-problem.ts'
export { type ServerEvent, serverEvents, serverEventsIn } from './server-events.ts'
export { wholeEvents } from './sse.ts'
export { type TrimLimit, trimConversation } from './trim.ts'
export { addUsage, type Cost, noUsage, type Usage } from './usage.ts'
