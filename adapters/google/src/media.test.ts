import { describe, expect, it } from 'vitest'
import { shapeOf } from './image.ts'
import { answering, candidate, failure, piecesOf, setUp } from './test/set-up.ts'

describe('embed', () => {
  it('gives each text its vector, in one request', async () => {
    const { llm, twin, sent } = setUp()
    const model = twin.models.embedding
    const input = ['a lighthouse', 'b', 'a lighthouse']
    const { embeddings, usage, cost } = await llm.embed({ model, input, dimensions: 256, purpose: 'query' })
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256, 256])
    expect(embeddings[0]).toEqual(embeddings[2])
    expect(embeddings[0]).not.toEqual(embeddings[1])
    expect(usage).toEqual({ input: 7, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 })
    expect(cost?.microUsd).toBe(1)
    expect(sent()[0].requests[1]).toEqual({
      model: `models/${model}`,
      content: { parts: [{ text: 'b' }] },
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 256,
    })
  })

  it('tells the newer model in words what the vectors are for', async () => {
    const { llm, twin } = setUp()
    const model = 'gemini-embedding-2'
    for (const purpose of ['query', 'document', undefined] as const) {
      await llm.embed({ model, input: ['x', 'y'], ...(purpose === undefined ? {} : { purpose }) })
    }
    expect(twin.asked().map(({ texts }) => texts)).toEqual([
      ['task: search result | query: x', 'task: search result | query: y'],
      ['title: none | text: x', 'title: none | text: y'],
      ['x', 'y'],
    ])
  })

  it('refuses more than fits into a request, and an answer that lacks a vector', async () => {
    const { llm, twin } = setUp()
    const model = twin.models.embedding
    const many = Array.from({ length: 101 }, () => 'x')
    expect(await failure(llm.embed({ model, input: many }))).toMatchObject({
      code: 'too_many_inputs',
      field: 'input',
      elsewhere: true,
    })
    expect(twin.requests()).toHaveLength(0)
    const short = answering({ embeddings: [{ values: [1] }] })
    expect(await failure(short.llm.embed({ model, input: ['a', 'b'] }))).toMatchObject({ code: 'unreadable_answer' })
  })
})

describe('image', () => {
  it('makes a picture, of a shape that Google knows', async () => {
    const { llm, twin, sent } = setUp()
    const model = twin.models.image
    const { images, usage } = await llm.image({ model, prompt: 'A lighthouse', size: '1024x1792', seed: 3 })
    expect(images).toHaveLength(1)
    expect([...(images[0]?.data.subarray(1, 4) ?? [])]).toEqual([0x50, 0x4e, 0x47])
    expect(images[0]?.mediaType).toBe('image/png')
    expect(usage?.output).toBe(1_120)
    expect(sent()[0].generationConfig).toEqual({
      responseModalities: ['IMAGE'],
      seed: 3,
      imageConfig: { aspectRatio: '9:16', imageSize: '1K' },
    })
  })

  it('finds the shape of a size, or refuses it', () => {
    const newer = 'gemini-3.1-flash-image'
    expect(shapeOf('1024x1024', newer)).toEqual({ aspectRatio: '1:1', imageSize: '1K' })
    expect(shapeOf('2048x2048', newer)).toEqual({ aspectRatio: '1:1', imageSize: '2K' })
    expect(shapeOf('5504x3072', newer)).toEqual({ aspectRatio: '16:9', imageSize: '4K' })
    expect(shapeOf('1344x768', 'gemini-2.5-flash-image')).toEqual({ aspectRatio: '16:9' })
    for (const [size, model] of [
      ['1000x300', newer],
      ['256x256', newer],
      ['99999x99999', newer],
      ['0x0', newer],
      ['2048x2048', 'gemini-2.5-flash-image'],
    ] as const) {
      expect(() => shapeOf(size, model)).toThrow(expect.objectContaining({ code: 'unsupported', field: 'size' }))
    }
  })

  it('refuses what cannot be asked for, and what the filter held back', async () => {
    const { llm, twin } = setUp()
    const input = { model: twin.models.image, prompt: 'x' }
    for (const [field, more] of [
      ['count', { count: 2 }],
      ['quality', { quality: 'high' }],
      ['format', { format: 'png' }],
    ] as const) {
      expect(await failure(llm.image({ ...input, ...more }))).toMatchObject({ code: 'unsupported', field, elsewhere: true })
    }
    expect(twin.requests()).toHaveLength(0)
    twin.say({ finish: 'content_filter' })
    expect(await failure(llm.image(input))).toMatchObject({
      code: 'content_filter',
      fault: 'policy',
      vendorCode: 'finish:SAFETY',
    })
    const none = answering(
      candidate([{ text: 'No.' }], 'STOP'),
      candidate([{ text: 'No.' }], 'NO_IMAGE'),
      candidate([], 'NO_IMAGE'),
    )
    expect(await failure(none.llm.image(input))).toMatchObject({ code: 'unreadable_answer' })
    expect(await failure(none.llm.image(input))).toMatchObject({ code: 'no_answer', fault: 'provider' })
  })
})

describe('speak', () => {
  it('gives samples as they are, or as a WAV file', async () => {
    const { llm, twin, sent } = setUp()
    const input = { model: twin.models.speech, text: 'Good morning', voice: 'Kore', instructions: 'Say cheerfully:' }
    const pcm = await llm.speak({ ...input, format: 'pcm' })
    const wav = await llm.speak({ ...input, format: 'wav' })
    expect(pcm.mediaType).toBe('audio/L16;codec=pcm;rate=24000')
    expect(wav.mediaType).toBe('audio/wav')
    const view = new DataView(wav.audio.buffer)
    const words = (at: number) => String.fromCharCode(...wav.audio.subarray(at, at + 4))
    expect([words(0), words(8), words(12), words(36)]).toEqual(['RIFF', 'WAVE', 'fmt ', 'data'])
    expect([view.getUint32(4, true), view.getUint32(40, true)]).toEqual([wav.audio.length - 8, pcm.audio.length])
    expect([view.getUint16(22, true), view.getUint32(24, true), view.getUint32(28, true), view.getUint16(34, true)]).toEqual([
      1, 24_000, 48_000, 16,
    ])
    expect(wav.audio.subarray(44)).toEqual(pcm.audio)
    expect(sent()[0]).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Say cheerfully:\nGood morning' }] }],
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    })
    expect(pcm.usage).toMatchObject({ output: pcm.usage?.audioOutput })
  })

  it('gives a file, or streams samples, where no format is asked for', async () => {
    const { llm, twin } = setUp()
    const input = { model: twin.models.speech, text: 'Good morning' }
    const { audio, mediaType } = await llm.speak(input)
    expect([mediaType, String.fromCharCode(...audio.subarray(0, 4))]).toEqual(['audio/wav', 'RIFF'])
    const [start] = await piecesOf(llm.speakStream(input))
    expect(start).toMatchObject({ type: 'start', mediaType: 'audio/L16;codec=pcm;rate=24000' })
  })

  it('streams the same samples', async () => {
    const { llm, twin } = setUp()
    const input = { model: twin.models.speech, text: 'A somewhat longer text to speak', format: 'pcm' as const }
    const { audio } = await llm.speak(input)
    const pieces = await piecesOf(llm.speakStream(input))
    expect(pieces[0]).toMatchObject({ type: 'start', mediaType: 'audio/L16;codec=pcm;rate=24000', provider: 'google' })
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', usage: { input: 8 } })
    const chunks = pieces.flatMap((piece) => (piece.type === 'audio' ? [...piece.data] : []))
    expect(pieces.length).toBeGreaterThan(4)
    expect(new Uint8Array(chunks)).toEqual(audio)
    twin.breakStream({ pieces: 1, kind: 'end' })
    expect(await failure(piecesOf(llm.speakStream(input)))).toMatchObject({ code: 'stream_interrupted' })
  })

  it('refuses formats that Google has not, a speed, and sound that is none', async () => {
    const { llm, twin } = setUp()
    const input = { model: twin.models.speech, text: 'x' }
    expect(await failure(llm.speak({ ...input, format: 'opus' }))).toMatchObject({
      code: 'unsupported',
      field: 'format',
      elsewhere: true,
    })
    expect(await failure(piecesOf(llm.speakStream({ ...input, format: 'wav' })))).toMatchObject({
      code: 'unsupported',
      field: 'format',
    })
    expect(await failure(llm.speak({ ...input, format: 'wav', speed: 2 }))).toMatchObject({ code: 'unsupported', field: 'speed' })
    expect(twin.requests()).toHaveLength(0)
    const mp3 = candidate([{ inlineData: { mimeType: 'audio/mpeg', data: 'AAAA' } }], 'STOP')
    const text = candidate([{ text: 'I would say it.' }], 'OTHER')
    const odd = answering(mp3, text, text)
    expect(await failure(odd.llm.speak({ ...input, format: 'wav' }))).toMatchObject({ code: 'unreadable_answer' })
    expect(await failure(odd.llm.speak({ ...input, format: 'wav' }))).toMatchObject({ code: 'no_answer' })
  })
})

describe('transcribe', () => {
  const sound = { audio: new Uint8Array([1, 2, 3, 4]), mediaType: 'audio/wav' }

  it('asks the models made for it by their options', async () => {
    const { llm, twin, sent } = setUp()
    const model = twin.models.transcription
    twin.say({ text: 'Good morning Köln' })
    const answer = await llm.transcribe({ model, ...sound, language: 'de', prompt: 'Köln, Rhein;\nDom', timestamps: 'words' })
    expect(answer).toMatchObject({ text: 'Good morning Köln', language: 'en', provider: 'google', model })
    expect(answer.words).toEqual([
      { text: 'Good', start: 0, end: 0.5 },
      { text: 'morning', start: 0.5, end: 1 },
      { text: 'Köln', start: 1, end: 1.5 },
    ])
    expect(sent()[0]).toEqual({
      contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'audio/wav', data: 'AQIDBA==' } }] }],
      generationConfig: {
        audioTranscriptionConfig: { languageCodes: ['de'], customVocabulary: ['Köln', 'Rhein', 'Dom'], wordTimestamp: true },
      },
    })
    expect(twin.asked()[0]).toMatchObject({ operation: 'transcribe', audioBytes: 4 })
  })

  it('asks any other model in words', async () => {
    const { llm, twin, chat } = setUp()
    twin.say({ text: ' Hello. ' })
    expect(await llm.transcribe({ model: chat, ...sound, language: 'en', prompt: 'Rhein' })).toMatchObject({ text: 'Hello.' })
    const [asked] = twin.asked()
    expect(asked).toMatchObject({ operation: 'transcribe', audioBytes: 4 })
    expect(asked?.texts?.[0]).toMatch(/transcript.*"en".*Rhein/s)
    for (const timestamps of ['segments', 'words'] as const) {
      const error = await failure(llm.transcribe({ model: chat, ...sound, timestamps }))
      expect(error).toMatchObject({ code: 'unsupported', field: 'timestamps', elsewhere: true })
    }
    twin.say({ text: 'Hello and', finish: 'length' })
    expect(await failure(llm.transcribe({ model: chat, ...sound }))).toMatchObject({ code: 'too_long' })
  })

  it('streams it, and tells the whole with the end', async () => {
    const { llm, twin, chat } = setUp()
    twin.say({ text: 'one two three' })
    const pieces = await piecesOf(llm.transcribeStream({ model: chat, ...sound }))
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'text', 'text', 'text', 'finish'])
    expect(pieces.at(-1)).toMatchObject({ text: 'one two three' })
    twin.say({ text: 'one two three', finish: 'length' })
    expect(await failure(piecesOf(llm.transcribeStream({ model: chat, ...sound })))).toMatchObject({ code: 'stream_interrupted' })
  })
})

describe('models', () => {
  it('are listed page by page, with what is known of them', async () => {
    const { llm, twin } = setUp({}, { mostModelsOnPage: 5 })
    const all = await Array.fromAsync(llm.models.list())
    expect(twin.requests()).toHaveLength(4)
    expect(new Set(all.map(({ id }) => id)).size).toBe(16)
    const find = (name: string) => all.find(({ model }) => model === name)
    expect(find('gemini-3.6-flash')).toMatchObject({
      id: 'google:gemini-3.6-flash',
      kind: 'chat',
      context: 1_048_576,
      maxOutput: 65_536,
      prices: { input: 750_000, cacheRead: 75_000, output: 3_750_000 },
    })
    expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['embedding', 'image', 'speech', 'transcription']))
    expect(find('gemini-2.0-flash')?.prices).toBeUndefined()
    const page = await llm.models.list().page()
    expect((await llm.models.list().page(page.cursor)).items[0]?.id).toBe(all[5]?.id)
  })
})
