import type { AskedAnswer, GeneratedAnswer, LlmRefusal, LlmTwin, ScriptedAnswer, StreamFault, TwinUsage } from '../llm-twin.ts'
import { TwinNetworkError } from './network-error.ts'
import { happened } from './order.ts'
import { TwinCore } from './twin-core.ts'

/** A piece of a stream as the vendor writes it. `output` pieces are what the reader is there for. */
export interface Frame {
  readonly text: string
  readonly output: boolean
  /** Instead of the text, where the stream is not text: sound. */
  readonly bytes?: Uint8Array<ArrayBuffer>
}

/** An answer as the twin's model means it, with its tokens counted. */
export interface TwinAnswer extends ScriptedAnswer {
  readonly usage: TwinUsage
}

interface WireStyle {
  readonly bytes?: number
  readonly crlf?: boolean
  readonly keepAlives?: boolean
  readonly paceMs?: number
}

/** A stable count that is good enough for tests: four characters are a token. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 4)

/** Cuts a text into the pieces that a stream brings it in. The same text is always cut alike. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? []
}

/** What twins of language models share: the script, the record of what was asked, and streams that break on demand. */
export abstract class LlmTwinCore extends TwinCore implements LlmTwin {
  abstract readonly models: LlmTwin['models']
  #script: ScriptedAnswer[] = []
  #asked: AskedAnswer[] = []
  #generated: GeneratedAnswer[] = []
  #breaks: StreamFault[] = []
  #refusals: LlmRefusal[] = []
  #style: WireStyle = {}

  /** The vendor's answer to a request that it refuses. */
  protected abstract refusal(why: LlmRefusal): Response
  /** What the vendor writes into a stream that it cannot go on with. */
  protected abstract errorFrame(): string
  /** What keeps the connection alive in between; empty where the vendor sends nothing such. */
  protected abstract keepAlive(): string

  say(...answers: readonly ScriptedAnswer[]): void {
    this.#script.push(...answers)
  }

  asked(): readonly AskedAnswer[] {
    return this.#asked
  }

  generated(): readonly GeneratedAnswer[] {
    return this.#generated
  }

  breakStream(fault: StreamFault): void {
    this.#breaks.push(fault)
  }

  refuseNext(refusal: LlmRefusal): void {
    this.#refusals.push(refusal)
  }

  wire(style: WireStyle): void {
    this.#style = style
  }

  override reset(): void {
    this.#script = []
    this.#asked = []
    this.#generated = []
    this.#breaks = []
    this.#refusals = []
    this.#style = {}
    super.reset()
  }

  protected clear(): void {}

  /** Writes down what was asked. Answers a refusal, where one was wished for. */
  protected note(asked: AskedAnswer): Response | undefined {
    const why = this.noted(asked)
    return why === undefined ? undefined : this.refusal(why)
  }

  /** As `note`, for vendors that refuse one operation in other words than another. */
  protected noted(asked: AskedAnswer): LlmRefusal | undefined {
    this.#asked.push(happened(asked))
    return this.#refusals.shift()
  }

  /** The next of the script; without one what `unscripted` makes of what the user said last, or just that. */
  protected answerTo(asked: AskedAnswer, unscripted: (echo: string) => ScriptedAnswer = (text) => ({ text })): TwinAnswer {
    const said = asked.messages.filter(({ role }) => role !== 'assistant').at(-1)?.text ?? ''
    return this.counted(asked, this.scripted() ?? unscripted(said === '' ? 'Yes.' : said))
  }

  /** The next of the script, taken out of it. */
  protected scripted(): ScriptedAnswer | undefined {
    return this.#script.shift()
  }

  /** An answer with its tokens. */
  protected counted(asked: AskedAnswer, scripted: ScriptedAnswer): TwinAnswer {
    const prompt = tokensOf([...asked.system, ...asked.messages.map(({ text }) => text)].join('\n'))
    const reasoning = tokensOf(scripted.thinks ?? '')
    const said = [
      scripted.text,
      scripted.refuses,
      ...(scripted.tools ?? []).map((tool) => tool.name + JSON.stringify(tool.arguments)),
    ]
    const { cacheRead = 0, cacheWrite = 0 } = scripted
    const output = reasoning + said.reduce((sum, text) => sum + tokensOf(text ?? ''), 0)
    return { ...scripted, usage: { prompt: Math.max(prompt, cacheRead + cacheWrite), cacheRead, cacheWrite, output, reasoning } }
  }

  /** A whole answer, at once. A body that is text is sent as it is: JSON, unless the headers say otherwise. */
  protected whole(
    asked: AskedAnswer,
    { usage }: Pick<TwinAnswer, 'usage'>,
    body: unknown,
    headers: Record<string, string> = {},
  ): Response {
    this.#generated.push(happened({ model: asked.model, streamed: false, pieces: 1, whole: true, left: false, usage }))
    if (typeof body === 'string') return new Response(body, { headers: { 'content-type': 'application/json', ...headers } })
    return Response.json(body, { headers })
  }

  /** An answer in frames, with the fault that was asked for. Frames are made as they are read: what nobody reads costs nothing. */
  protected streamed(
    asked: AskedAnswer,
    { usage }: Pick<TwinAnswer, 'usage'>,
    frames: readonly Frame[],
    headers: Record<string, string> = {},
  ): Response {
    const fault = this.#breaks.shift()
    const style = this.#style
    const record = { model: asked.model, streamed: true, pieces: 0, whole: false, left: false, usage }
    this.#generated.push(happened(record))
    const written = this.#write(frames, fault, style, record)
    const encoder = new TextEncoder()
    const cuts = cut(written, encoder, style.bytes)
    const body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await cuts.next()
            if (record.left) return
            if (done) controller.close()
            else controller.enqueue(value)
          } catch (error) {
            controller.error(error)
          }
        },
        cancel: () => {
          record.left = !record.whole
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headers } })
  }

  /** Aborting a request ends its answer in the middle, as it would end the connection. */
  protected override carried(response: Response, signal: AbortSignal): Response {
    const reader = response.body?.getReader()
    if (reader === undefined) return response
    let hangUp = () => {}
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          hangUp = () => {
            controller.error(signal.reason)
            reader.cancel(signal.reason).catch(() => {})
          }
          if (signal.aborted) hangUp()
          else signal.addEventListener('abort', hangUp, { once: true })
        },
        pull: async (controller) => {
          const { done, value } = await reader.read()
          if (signal.aborted) return
          if (!done) return controller.enqueue(value)
          signal.removeEventListener('abort', hangUp)
          controller.close()
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
    return new Response(body, response)
  }

  async *#write(
    frames: readonly Frame[],
    fault: StreamFault | undefined,
    style: WireStyle,
    record: { pieces: number; whole: boolean; left: boolean },
  ): AsyncGenerator<string | Uint8Array<ArrayBuffer>> {
    const line = (text: string) => (style.crlf ? text.replaceAll('\n', '\r\n') : text)
    const all = frames.filter(({ output }) => output).length
    let broken = false
    for (const [index, { text, output, bytes }] of frames.entries()) {
      if (record.left) return
      // After the last piece comes what ends the answer: without it all was said, and nobody can know.
      // Some vendors write in one piece what others write in ten.
      const isHere = record.pieces === Math.min(fault?.pieces ?? 0, all) && (output || (all > 0 && record.pieces === all))
      if (fault !== undefined && isHere && !broken) {
        broken = true
        // Sound has no words for an error: there the line just breaks.
        const isMute = bytes !== undefined && (fault.kind === 'error' || fault.kind === 'malformed')
        if (isMute) throw new TwinNetworkError('ECONNRESET')
        switch (fault.kind) {
          case 'cut':
            throw new TwinNetworkError('ECONNRESET')
          case 'stall':
            await this.#stall(() => record.left)
            return
          case 'pause':
            await this.clock.sleep(fault.ms)
            break
          case 'error':
            yield line(this.errorFrame())
            return
          case 'end':
            return
          case 'malformed':
            yield line('data: {"this is": not json\n\n')
        }
      }
      if (output && style.paceMs !== undefined) await this.clock.sleep(style.paceMs)
      if (style.keepAlives && bytes === undefined && this.keepAlive() !== '') yield line(this.keepAlive())
      // Whoever left in the meantime is not worked for any longer.
      if (record.left) return
      if (output) record.pieces += 1
      // Many readers stop at the end mark and never ask for more.
      record.whole = index === frames.length - 1
      yield bytes ?? line(text)
    }
  }

  /** Time passes in vain, until somebody has enough. */
  async #stall(isOver: () => boolean): Promise<void> {
    const before = this.clock.now()
    this.clock.advance(1_000)
    // Real time cannot be moved: there the silence lasts until somebody leaves.
    const isReal = this.clock.now() - before < 1_000
    for (let i = 0; (isReal || i < 2_000) && !isOver(); i++) {
      this.clock.advance(1_000)
      // A turn of the loop: whoever waits may act on it.
      await new Promise((resolve) => setTimeout(resolve, isReal ? 20 : 0))
    }
  }
}

/** Cuts text on the wire: as it is written, or at every so many bytes, wherever that falls. */
async function* cut(
  written: AsyncIterable<string | Uint8Array<ArrayBuffer>>,
  encoder: { encode(text: string): Uint8Array },
  size: number | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const one of written) {
    const bytes = typeof one === 'string' ? encoder.encode(one) : one
    if (size === undefined) yield bytes
    else for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
  }
}
