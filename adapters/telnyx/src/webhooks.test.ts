import { testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { verified } from './webhooks.ts'

/** RFC 8032 §7.1, test 1, over `<timestamp>|<body>`. */
const publicKey = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='
const otherKey = 'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw='
const timestamp = '1700000000'
const text = '{"data":{"event_type":"message.received","id":"0ccc7b54-4df3-4bca-a65a-3da1ecc777f0"}}'
const signature = 'ubBqPCVZuEPXlMGVc9gGlVQFXKRHYpIyH/eYUnbny77b5HNT0kJ9507yGyd6oyQfkjaBy/5ydkdg8q93bRgcAw=='

function receive(
  change: { body?: string; headers?: Record<string, string>; at?: number; publicKey?: string | readonly string[] } = {},
) {
  const { body = text, at = 1_700_000_000_000 } = change
  const headers = new Headers(change.headers ?? { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature })
  const request = { method: 'POST', url: 'https://hooks.example.com/', headers, body: new TextEncoder().encode(body), text: body }
  const keys = 'publicKey' in change ? change.publicKey : publicKey
  return verified(request, { clock: testClock(at) }, { apiKey: 'KEY', ...(keys === undefined ? {} : { publicKey: keys }) })
}

describe('verified', () => {
  it('accepts a signature that was computed elsewhere', async () => {
    expect(await receive()).toMatchObject({
      id: '0ccc7b54-4df3-4bca-a65a-3da1ecc777f0',
      event_type: 'message.received',
      payload: {},
    })
  })

  it('accepts either key while keys rotate, and none without keys', async () => {
    expect(await receive({ publicKey: [otherKey, publicKey] })).toMatchObject({ event_type: 'message.received' })
    await expect(receive({ publicKey: otherKey })).rejects.toMatchObject({ code: 'webhook_signature' })
    await expect(receive({ publicKey: undefined })).rejects.toMatchObject({ code: 'webhook_signature' })
    await expect(receive({ publicKey: 'not a key' })).rejects.toMatchObject({ code: 'webhook_signature' })
  })

  it.each([
    ['a changed body', { body: text.replace('received', 'finished') }, 'webhook_signature'],
    [
      'a changed time',
      { headers: { 'telnyx-timestamp': '1700000001', 'telnyx-signature-ed25519': signature } },
      'webhook_signature',
    ],
    ['no signature', { headers: { 'telnyx-timestamp': timestamp } }, 'webhook_signature'],
    ['no time', { headers: { 'telnyx-signature-ed25519': signature } }, 'webhook_expired'],
    [
      'a time that is no number',
      { headers: { 'telnyx-timestamp': 'NaN', 'telnyx-signature-ed25519': signature } },
      'webhook_expired',
    ],
    ['301 seconds', { at: 1_700_000_301_000 }, 'webhook_expired'],
    ['301 seconds in the future', { at: 1_699_999_699_000 }, 'webhook_expired'],
  ])('refuses %s', async (_, change, code) => {
    await expect(receive(change)).rejects.toMatchObject({ code })
  })

  it('accepts what is 300 seconds old', async () => {
    expect(await receive({ at: 1_700_000_300_000 })).toMatchObject({ event_type: 'message.received' })
  })
})
