/** What Google's speech models speak, in `audio/L16;codec=pcm;rate=24000`: 16 bits, one channel, little-endian. */
export interface Pcm {
  readonly rate: number
}

export function pcmOf(mediaType: string | undefined): Pcm {
  const rate = Number(/rate=(\d+)/.exec(mediaType ?? '')?.[1] ?? 24_000)
  if (!/^audio\/(l16|pcm)/i.test(mediaType ?? 'audio/L16')) throw new Error('The answer is not PCM.')
  return { rate }
}

/** `audio/L16`, of which RFC 2586 says big-endian: Google's is not, so the codec is named, as Google does. */
export const pcmType = ({ rate }: Pcm): string => `audio/L16;codec=pcm;rate=${rate}`

const headerBytes = 44

/** The same samples as a WAV file (RIFF). */
export function wavOf(samples: Uint8Array, { rate }: Pcm): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(headerBytes + samples.length)
  const view = new DataView(file.buffer)
  const word = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) file[at + i] = text.charCodeAt(i)
  }
  word(0, 'RIFF')
  view.setUint32(4, headerBytes - 8 + samples.length, true)
  word(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  word(36, 'data')
  view.setUint32(40, samples.length, true)
  file.set(samples, headerBytes)
  return file
}
