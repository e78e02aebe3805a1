import { type Frame, piecesOf, type TwinAnswer } from '../../kit/llm-core.ts'
import type { ScriptedAnswer } from '../../llm-twin.ts'
import { endMark, type VendorAnswer, type VendorCounts, type VendorEvent, type VendorPart } from './wire.ts'

const endings = { stop: 'done', length: 'limit', content_filter: 'filtered', unheard: 'cosmic_ray' } as const

const endedBy = ({ finish, refuses, tools = [] }: ScriptedAnswer) => {
  if (finish !== undefined) return endings[finish]
  return refuses !== undefined ? 'declined' : tools.length > 0 ? 'calls' : 'done'
}

export const countsOf = ({ usage }: Pick<TwinAnswer, 'usage'>): VendorCounts => ({
  prompt: usage.prompt,
  cached: usage.cacheRead,
  stored: usage.cacheWrite,
  output: usage.output,
  thought: usage.reasoning,
})

/** What the model says, as one answer of the vendor. Thoughts and calls are sealed. */
export function answerOf(answer: TwinAnswer, id: string, model: string, seal: () => string): VendorAnswer {
  const { thinks, text, tools = [], refuses } = answer
  const parts: VendorPart[] = [
    ...(thinks === undefined ? [] : [{ kind: 'thought' as const, text: thinks, seal: `seal_${seal()}` }]),
    ...(text === undefined ? [] : [{ kind: 'text' as const, text }]),
    ...tools.map(({ name, arguments: given }) => ({
      ...{ kind: 'call' as const, id: `call_${seal()}`, name, arguments: JSON.stringify(given) },
    })),
  ]
  return {
    ...{ id, model, parts, ended: endedBy(answer), counts: countsOf(answer) },
    ...(refuses === undefined ? {} : { decline: refuses }),
  }
}

export const frame = (event: VendorEvent, output = false): Frame => ({ text: `data: ${JSON.stringify(event)}\n\n`, output })
export const lastFrame: Frame = { text: `data: ${endMark}\n\n`, output: false }

/** The same answer piece by piece. Arguments of several calls come in turn, under numbers that begin anywhere. */
export function framesOf({ id, model, parts, decline, ended, counts }: VendorAnswer): readonly Frame[] {
  const calls = parts.filter(({ kind }) => kind === 'call')
  return [
    frame({ begin: { id, model }, counts: { ...counts, output: 0, thought: 0 } }),
    ...parts.flatMap((part) => {
      if (part.kind === 'call') return []
      const pieces = piecesOf(part.text ?? '').map((text) => frame(part.kind === 'text' ? { text } : { thought: text }, true))
      return [
        frame(part.kind === 'text' ? { text: '' } : { thought: '' }),
        ...pieces,
        ...(part.seal === undefined ? [] : [frame({ seal: part.seal })]),
      ]
    }),
    ...piecesOf(decline ?? '').map((text) => frame({ decline: text }, true)),
    ...callFrames(calls),
    frame({ counts: { ...counts, output: Math.max(0, counts.output - 1) } }),
    frame({ ended, counts }),
    lastFrame,
  ]
}

function callFrames(calls: readonly VendorPart[]): Frame[] {
  const slot = (index: number) => 4 + index * 3
  const heads = calls.map(({ id = '', name = '' }, index) => frame({ call: { slot: slot(index), id, name } }, true))
  const pieces = calls.map(({ arguments: given = '' }) => given.match(/.{1,6}/gsu) ?? [])
  const most = Math.max(0, ...pieces.map(({ length }) => length))
  const rounds = Array.from({ length: most }, (_, round) =>
    pieces.flatMap((own, index) => {
      const text = own[round]
      return text === undefined ? [] : [frame({ call: { slot: slot(index), arguments: text } }, true)]
    }),
  )
  return [...heads, ...rounds.flat()]
}
