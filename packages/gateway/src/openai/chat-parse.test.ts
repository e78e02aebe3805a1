import { describe, expect, it } from 'vitest'
import { translateChat } from './chat-parse.ts'

const ask = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

describe('translateChat', () => {
  it('keeps a whole conversation', () => {
    const translated = translateChat({
      ...ask,
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        {
          role: 'user',
          name: 'ada',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'input_audio', input_audio: { data: 'AQID', format: 'mp3' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AQID' } },
          ],
        },
        {
          role: 'assistant',
          content: 'I ask',
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'weather', arguments: '{}' },
              extra_content: { google: { thought_signature: 'seal' } },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'warm' },
      ],
    })
    const data = new Uint8Array([1, 2, 3])
    expect(translated.messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
      {
        role: 'user',
        name: 'ada',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image', data, mediaType: 'image/png', detail: 'low' },
          { type: 'image', url: 'https://example.com/a.png' },
          { type: 'audio', data, mediaType: 'audio/mpeg' },
          { type: 'file', data, mediaType: 'application/pdf', name: 'a.pdf' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I ask' },
          { type: 'tool_call', id: 'c1', name: 'weather', arguments: '{}', signature: 'seal', signedBy: 'google' },
        ],
      },
      { role: 'tool', toolCall: 'c1', content: 'warm' },
    ])
  })

  it('keeps every setting', () => {
    const parameters = { type: 'object', properties: {} }
    const schema = { type: 'object' }
    expect(
      translateChat({
        ...ask,
        max_tokens: 5,
        max_completion_tokens: 10,
        temperature: 0,
        top_p: 0.5,
        stop: 'END',
        seed: 7,
        presence_penalty: 1,
        frequency_penalty: -1,
        user: 'u1',
        reasoning_effort: 'none',
        parallel_tool_calls: false,
        tools: [{ type: 'function', function: { name: 'weather', description: 'd', strict: true } }],
        tool_choice: { type: 'function', function: { name: 'weather' } },
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
        // What says nothing.
        n: 1,
        logprobs: false,
        logit_bias: {},
        stream: true,
        stream_options: { include_usage: true },
        store: false,
        metadata: { a: 'b' },
        service_tier: 'auto',
        top_logprobs: null,
      }),
    ).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      maxOutputTokens: 10,
      temperature: 0,
      topP: 0.5,
      stop: ['END'],
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      user: 'u1',
      thinking: 'off',
      parallelTools: false,
      tools: [{ name: 'weather', description: 'd', strict: true, parameters }],
      toolChoice: { tool: 'weather' },
      output: { schema, name: 'a' },
    })
  })

  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ functions: [] }, 'functions'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ service_tier: 'priority' }, 'service_tier'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools.0.type'],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { anyOf: [{}] } } } },
      'response_format.json_schema.schema',
    ],
    [{ messages: [{ role: 'function', name: 'f', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f1' } }] }] }, 'messages.0.content.0.file.file_id'],
    [{ messages: [{ role: 'assistant', content: '', audio: { id: 'a' } }] }, 'messages.0.audio'],
    [{ something_new: 1 }, 'something_new'],
  ])('refuses %j, which would be lost', (more, param) => {
    expect(() => translateChat({ ...ask, ...more })).toThrow(expect.objectContaining({ param, code: 'unsupported_parameter' }))
  })

  it.each(['data:image/png;base64,***', 'data:,x', 'ftp://example.com/a', 'file:///etc/passwd'])(
    'refuses the picture %s',
    (url) => {
      const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }]
      expect(() => translateChat({ ...ask, messages })).toThrow(
        expect.objectContaining({ status: 400, param: 'messages.0.content.0.image_url.url' }),
      )
    },
  )
})
