import { ProviderError, refuse } from '@do/provider'
import type { Llm } from '../interface.ts'
import type { ImageInput, Images, SpeakInput, Speech, TranscribeInput, Transcript } from '../media.ts'
import type { Asker } from './ask.ts'
import { flatText } from './prompt.ts'
import { flat } from './prompted.ts'
import { callOptions, type FunctionOptions, type Settings } from './settings.ts'

type Kind = keyof NonNullable<FunctionOptions['models']>

export type ImageSettings = Settings & Omit<Partial<ImageInput>, 'model' | 'prompt' | 'count'>
export type SpeakSettings = Settings & Omit<Partial<SpeakInput>, 'model' | 'text'>
export type TranscribeSettings = Settings & Omit<TranscribeInput, 'model' | 'audio'>

/** A function of a text, with settings of its own besides. */
export interface FlatPrompted<Result, Own extends Settings> {
  (template: TemplateStringsArray, ...values: readonly FlatValue[]): Promise<Result>
  (text: string, settings?: Own): Promise<Result>
  with(settings: Own): FlatPrompted<Result, Own>
}

export type FlatValue = string | number | bigint | boolean | Date

export interface Embed {
  (template: TemplateStringsArray, ...values: readonly FlatValue[]): Promise<number[]>
  (text: string, settings?: EmbedSettings): Promise<number[]>
  (texts: readonly string[], settings?: EmbedSettings): Promise<number[][]>
  with(settings: EmbedSettings): Embed
}
export type EmbedSettings = Settings & { readonly dimensions?: number; readonly purpose?: 'query' | 'document' }

/** Functions of pictures, sound and vectors. Their values are put into the text as they are: no instructions are followed here. */
export function mediaFunctions(llm: Llm, asker: Asker, options: FunctionOptions, defaults: Settings) {
  const modelOf = (kind: Kind, { model }: Settings): string | string[] => {
    const found = model ?? options.models?.[kind]
    if (found !== undefined) return typeof found === 'string' ? found : [...found]
    throw refuse('invalid_input', `No model for this: give \`models.${kind}\` to createFunctions, or \`model\` to the call.`, {
      field: `models.${kind}`,
    })
  }
  const told = <Answer extends { provider: string; model: string }>(name: string, answer: Answer): Answer => {
    asker.tell({ function: name, cached: false, ...facts(answer) })
    return answer
  }

  const vectors = async (input: readonly string[], settings: EmbedSettings): Promise<number[][]> => {
    const { dimensions, purpose } = settings
    const request = {
      model: modelOf('embedding', settings),
      input: [...input],
      ...(dimensions === undefined ? {} : { dimensions }),
      ...(purpose === undefined ? {} : { purpose }),
    }
    return asker.remembered(settings, request, { function: 'embed', read: readVectors }, async () =>
      JSON.stringify(told('embed', await llm.embed(request, callOptions(settings))).embeddings),
    )
  }
  const embed = flat<string | readonly string[], number[] | number[][]>(
    flatText,
    async (given, settings) => {
      if (typeof given !== 'string') return vectors(given, settings)
      return (await vectors([given], settings))[0] as number[]
    },
    defaults,
  ) as unknown

  return {
    /** A text as a vector, or several as several. */
    embed: embed as Embed,
    /** A picture of a description. */
    image: flat(
      flatText,
      async (prompt: string, settings: ImageSettings): Promise<Images['images'][number]> => {
        const { size, quality, format, seed } = settings
        const request = { model: modelOf('image', settings), prompt, ...given({ size, quality, format, seed }) }
        const { images } = told('image', await llm.image(request, callOptions(settings)))
        if (images[0] !== undefined) return images[0]
        throw new ProviderError({
          effect: 'done',
          fault: 'provider',
          code: 'unfinished',
          message: 'The vendor answered without a picture. Ask again, or another model.',
        })
      },
      defaults,
    ) as FlatPrompted<Images['images'][number], ImageSettings>,
    /** A text, spoken. */
    speak: flat(
      flatText,
      async (text: string, settings: SpeakSettings): Promise<Speech> => {
        const { voice, format, speed, instructions } = settings
        const request = { model: modelOf('speech', settings), text, ...given({ voice, format, speed, instructions }) }
        return told('speak', await llm.speak(request, callOptions(settings)))
      },
      defaults,
    ) as FlatPrompted<Speech, SpeakSettings>,
    /** What is said in a recording. */
    transcribe: async (audio: TranscribeInput['audio'], settings: TranscribeSettings): Promise<Transcript> => {
      const own = { ...defaults, ...settings }
      const { mediaType, language, prompt, timestamps } = settings
      const request = { model: modelOf('transcription', own), audio, mediaType, ...given({ language, prompt, timestamps }) }
      return told('transcribe', await llm.transcribe(request, callOptions(own)))
    },
  }
}

function facts({ provider, model, ...rest }: { provider: string; model: string; usage?: unknown; cost?: unknown }) {
  return { provider, model, ...(rest as Pick<Transcript, 'usage' | 'cost'>) }
}

function readVectors(text: string): number[][] | undefined {
  const vectors: unknown = JSON.parse(text)
  return Array.isArray(vectors) ? (vectors as number[][]) : undefined
}

const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
