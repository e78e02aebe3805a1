import { fromBase64 } from '@do/provider'

const startsWith = (bytes: Uint8Array, text: string, at = 0) =>
  [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0))

/** What the bytes themselves say they are: Workers AI's own word is often only "binary". */
export function mediaTypeOf(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, '\x89PNG')) return 'image/png'
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg'
  if (startsWith(bytes, 'RIFF')) return startsWith(bytes, 'WEBP', 8) ? 'image/webp' : 'audio/wav'
  if (startsWith(bytes, 'OggS')) return 'audio/ogg'
  if (startsWith(bytes, 'fLaC')) return 'audio/flac'
  if (startsWith(bytes, 'ID3')) return 'audio/mpeg'
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0) return 'audio/aac'
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) return 'audio/mpeg'
  return undefined
}

/** Some models put `data:…;base64,` in front. */
export const bytesIn = (base64: string): Uint8Array<ArrayBuffer> => fromBase64(base64.replace(/^data:[^,]*,/, ''))
