export { type Accumulator, accumulator, collect, generationOf } from './accumulate.ts'
export { warningsOf } from './address.ts'
export { costOf, factsOf } from './cost.ts'
export {
  costOfImages,
  costOfSpeech,
  costOfTranscription,
  type ImageUnits,
  type SpeechUnits,
  type TranscriptionUnits,
} from './cost-media.ts'
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
export type { AssistantPart, Message, ReasoningPart, TextPart, Tool, ToolCall, UserPart } from './messages.ts'
export { defaultPrices, type PriceOverrides, withPrices } from './price-table.ts'
export type { ModelFacts, PriceTable } from './prices.ts'
export type { RelayEvent, RelayInput, Wire } from './relay.ts'
export { wholeEvents } from './sse.ts'
export { addUsage, type Cost, noUsage, type Usage } from './usage.ts'
