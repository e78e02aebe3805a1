import { type Frame, piecesOf, type TwinAnswer } from '../../kit/llm-core.ts'
import { countsOf, frame, lastFrame } from './frames.ts'

type Json = Record<string, any>

/** A number between -1 and 1 that belongs to a text and a place. */
function coordinate(text: string, place: number): number {
  let hash = 2_166_136_261 ^ place
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619)
  return ((hash >>> 0) % 20_001) / 10_000 - 1
}

export const embedded = ({ model, texts, size = 32 }: Json, answer: TwinAnswer) => ({
  model,
  vectors: (texts as string[]).map((text) => Array.from({ length: size }, (_, place) => coordinate(text, place))),
  counts: countsOf(answer),
})

export const painted = ({ model, prompt, count }: Json, answer: TwinAnswer) => ({
  model,
  images: Array.from({ length: count }, (_, index) => base64Of(`picture ${index} of ${prompt}`)),
  counts: countsOf(answer),
})

/** The sound of a text: its own bytes, in pieces. */
const base64Of = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

export const spokenAs = ({ model, text }: Json, answer: TwinAnswer) => ({
  ...{ model, audio: base64Of(String(text)), counts: countsOf(answer) },
})

export const soundFrames = ({ model, text }: Json, answer: TwinAnswer): readonly Frame[] => [
  frame({ begin: { id: 'sound', model } }),
  ...piecesOf(String(text)).map((piece) => frame({ audio: base64Of(piece) }, true)),
  frame({ counts: countsOf(answer) }),
  lastFrame,
]

export const writtenFrames = ({ model }: Json, answer: TwinAnswer): readonly Frame[] => [
  frame({ begin: { id: 'script', model } }),
  ...piecesOf(answer.text ?? '').map((text) => frame({ text }, true)),
  frame({ counts: countsOf(answer) }),
  lastFrame,
]
