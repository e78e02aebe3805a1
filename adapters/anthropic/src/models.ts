/** What the models of a generation take and refuse. */
export interface ModelRules {
  /** `budget`: thinks for so many tokens. `adaptive`: thinks as it sees fit, more or less by `effort`. */
  readonly thinking: 'none' | 'budget' | 'adaptive'
  /** It thinks although nobody asked. */
  readonly unasked: boolean
  /** How it is kept from thinking before it answers. */
  readonly off: 'disabled' | 'between_tools' | 'impossible'
  /** Can it be made to use a tool? */
  readonly forcedTools: boolean
  /** `temperature` and `top_p`. */
  readonly sampling: boolean
  /** Goes on from an assistant turn at the end. */
  readonly prefill: boolean
  /** `output_config.format`, and tools that are `strict`. */
  readonly structured: boolean
  /** The API insists on a limit of the answer: this is ours where the caller has none. No model of its generation refuses it. */
  readonly maxOutput: number
}

/** Of a name that tells nothing, everything is asked: the vendor knows. */
const unheardOf: ModelRules = {
  thinking: 'adaptive',
  unasked: false,
  off: 'disabled',
  forcedTools: true,
  sampling: true,
  prefill: true,
  structured: true,
  maxOutput: 32_000,
}

/**
 * What Anthropic says of its models, by line and version; a newer version is taken for one like the newest known.
 * https://platform.claude.com/docs/en/build-with-claude/thinking
 * https://platform.claude.com/docs/en/build-with-claude/effort
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 * https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5
 */
export function rulesOf(model: string): ModelRules {
  const [line, version] = lineOf(model)
  if (version === undefined) return unheardOf
  const ever = line === 'fable' || line === 'mythos'
  const newest = version >= 55 || (ever && version > 50)
  return {
    thinking: version >= 46 ? 'adaptive' : version >= 37 ? 'budget' : 'none',
    unasked: version >= 50,
    off: ever || (line === 'opus' && newest) ? 'impossible' : line === 'sonnet' && newest ? 'between_tools' : 'disabled',
    forcedTools: !newest || line === 'haiku',
    sampling: version < 47,
    prefill: version < 46,
    structured: version >= 45,
    maxOutput: version >= 37 ? 32_000 : version >= 35 ? 8_192 : 4_096,
  }
}

/** `claude-opus-4-5-20251101` is opus 45; `claude-3-7-sonnet-latest` is sonnet 37. */
function lineOf(model: string): readonly [line: string | undefined, version: number | undefined] {
  const [, line, major, minor = '0'] = /claude-([a-z]+)-(\d)(?:-(\d))?(?!\d)/.exec(model) ?? []
  if (major !== undefined) return [line, Number(major) * 10 + Number(minor)]
  if (model.includes('claude-mythos-preview')) return ['mythos', 50]
  const [, oldMajor, oldMinor = '0', oldLine] = /claude-(\d)(?:-(\d))?-([a-z]+)/.exec(model) ?? []
  return oldMajor === undefined ? [undefined, undefined] : [oldLine, Number(oldMajor) * 10 + Number(oldMinor)]
}

/** Answers name the snapshot, price lists the model: `claude-haiku-4-5-20251001` is `claude-haiku-4-5`. */
export const undated = (model: string) => model.replace(/-20\d{6}$/, '')
