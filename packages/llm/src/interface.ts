import { compute, defineInterface, type Instance, list, type Provider, stream } from '@do/provider'
import * as z from 'zod/mini'
import { addresseeOf, chainOf, fitConversation, fitModel, modelOf } from './address.ts'
import { checkRequest } from './check-request.ts'
import { commits, ends, type GenerateRequest, generateInput, generation, generationEvent } from './generation.ts'
import {
  embeddings,
  embedInput,
  imageInput,
  images,
  modelInfo,
  speakInput,
  speech,
  speechEvent,
  transcribeInput,
  transcript,
  transcriptEvent,
} from './media.ts'
import { needsOf } from './needs.ts'
import { relayEvent, relayInput } from './relay.ts'

/** An operation that names its model. */
const addressed = <In extends { readonly model: string | string[] }>(_: z.ZodMiniType<In>) => ({
  chain: (input: In) => chainOf(input),
  variant: (input: In) => modelOf(input),
  addressee: (input: In, instances: readonly string[]) => addresseeOf(input, instances),
  prepare: (input: In, instance: Instance) => fitModel(input, instance),
})

const generating = {
  input: generateInput,
  needs: needsOf,
  chain: (input: GenerateRequest) => {
    checkRequest(input)
    return chainOf(input)
  },
  variant: (input: GenerateRequest) => modelOf(input),
  addressee: (input: GenerateRequest, instances: readonly string[]) => addresseeOf(input, instances),
  prepare: fitConversation,
}

export const llm = defineInterface('llm', {
  capabilities: {
    tools: 'Calls tools, several at once too',
    'structured-output': 'Answers JSON of a given schema',
    json: 'Answers JSON of any shape',
    vision: 'Sees pictures',
    files: 'Reads files (PDF)',
    'audio-input': 'Hears audio within a conversation',
    thinking: 'Thinks before it answers, for longer or shorter',
    'prompt-cache': 'Counts what it read from and wrote to its prompt cache',
    seed: 'Takes a seed',
    embeddings: 'Makes embeddings',
    'embedding-dimensions': 'Makes embeddings of a given length',
    images: 'Makes images',
    speech: 'Speaks',
    'speech-stream': 'Speaks while it still works it out',
    transcription: 'Writes down what it hears',
    'transcription-stream': 'Writes down while it still listens',
    models: 'Lists its models',
    'relay:openai.chat': "Takes requests in the language of OpenAI's chat completions",
    'relay:anthropic.messages': "Takes requests in the language of Anthropic's messages",
  },
  operations: {
    /** Answers a conversation: text, tool calls, or JSON of a schema. */
    generate: compute({ title: 'Answer a conversation', output: generation, ...generating }),
    /** As `generate`, piece by piece. */
    stream: stream({
      title: 'Answer a conversation piece by piece',
      output: generationEvent,
      rules: { commits, ends },
      ...generating,
    }),
    /** Turns texts into vectors, in their order. */
    embed: compute({
      title: 'Turn texts into vectors',
      input: embedInput,
      output: embeddings,
      needs: ({ dimensions }) => ['embeddings', ...(dimensions === undefined ? [] : ['embedding-dimensions'])],
      ...addressed(embedInput),
    }),
    /** Makes images of a description. */
    image: compute({
      title: 'Make images',
      input: imageInput,
      output: images,
      needs: () => ['images'],
      ...addressed(imageInput),
    }),
    /** Speaks a text. */
    speak: compute({
      title: 'Speak a text',
      input: speakInput,
      output: speech,
      needs: () => ['speech'],
      ...addressed(speakInput),
    }),
    /** As `speak`: the first sound is there before the last is worked out. */
    speakStream: stream({
      title: 'Speak a text piece by piece',
      input: speakInput,
      output: speechEvent,
      needs: () => ['speech-stream'],
      rules: { commits: ({ type }) => type === 'audio', ends: ({ type }) => type === 'finish' },
      ...addressed(speakInput),
    }),
    /** Writes down what is said in a recording. */
    transcribe: compute({
      title: 'Write down what is said',
      input: transcribeInput,
      output: transcript,
      needs: () => ['transcription'],
      ...addressed(transcribeInput),
    }),
    /** As `transcribe`, piece by piece. */
    transcribeStream: stream({
      title: 'Write down what is said piece by piece',
      input: transcribeInput,
      output: transcriptEvent,
      needs: () => ['transcription-stream'],
      rules: { commits: (event) => event.type === 'text' && event.text !== '', ends: ({ type }) => type === 'finish' },
      ...addressed(transcribeInput),
    }),
    models: {
      /** All models of all providers, with prices and capabilities where the price table knows them. */
      list: list({ title: 'List models', input: z.object({}), output: modelInfo, needs: () => ['models'] }),
    },
    /** Passes on a request in a vendor's own language, and the answer as it comes. */
    relay: stream({
      title: "Pass on a request in a vendor's own language",
      input: relayInput,
      output: relayEvent,
      needs: ({ wire }) => [`relay:${wire}`],
      rules: { commits: (event) => event.type === 'bytes' && event.output, ends: ({ type }) => type === 'finish' },
      ...addressed(relayInput),
    }),
  },
  event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
  times: { deadline: 600_000, attemptTimeout: 120_000, connect: 10_000, firstOutput: 60_000, idle: 30_000 },
})

/** Language models: text, streams, tools, structured output, embeddings, images, speech. */
export interface Llm extends Provider<typeof llm> {}
