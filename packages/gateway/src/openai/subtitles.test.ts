import { describe, expect, it } from 'vitest'
import { srt, vtt } from './subtitles.ts'

const spans = [
  { start: 0, end: 3.2399, text: ' Tom & <Jerry>\n\nagain' },
  { start: 3_599.9996, end: 90_061.5, text: 'a --> b' },
]

describe('subtitles', () => {
  it('are SubRip: numbers, hours, commas, one line for each', () => {
    expect(srt(spans)).toBe(
      '1\n00:00:00,000 --> 00:00:03,240\nTom & <Jerry> again\n\n2\n01:00:00,000 --> 25:01:01,500\na -> b\n\n',
    )
  })

  it('are WebVTT: points, and nothing that could be taken for a tag', () => {
    expect(vtt(spans)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:03.240\nTom &amp; &lt;Jerry> again\n\n01:00:00.000 --> 25:01:01.500\na -> b\n\n',
    )
  })

  it('are whole where nothing is said', () => {
    expect(srt([])).toBe('')
    expect(vtt([])).toBe('WEBVTT\n\n')
  })
})
