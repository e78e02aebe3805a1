// SHA-256 (FIPS 180-4), synchronous. WebCrypto's is not, and a hash has to be made inside the transaction that it seals; the
// one of node:crypto costs a Worker three times as much for texts as short as an entry, and asks for a compatibility flag.

const rounds = new Int32Array(64)
const start = new Int32Array(8)
/** The first 32 bits of the fractions of the square (start) and cube (rounds) roots of the first primes. */
for (let candidate = 2, found = 0; found < 64; candidate++) {
  let prime = true
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) prime &&= candidate % divisor !== 0
  if (!prime) continue
  if (found < 8) start[found] = fraction(candidate ** (1 / 2))
  rounds[found++] = fraction(candidate ** (1 / 3))
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0
}

const words = new Int32Array(64)
const encoder = new TextEncoder()
let bytes = new Uint8Array(4096)

/** The hash of a text's UTF-8 bytes, in hex. */
export function sha256(text: string): string {
  const length = write(text)
  const blocks = (length + 9 + 63) >> 6
  const end = blocks * 64
  bytes.fill(0, length, end)
  bytes[length] = 0x80
  // The length in bits: texts stay far below 2^32 bytes.
  const bits = length * 8
  for (let i = 0; i < 6; i++) bytes[end - 1 - i] = Math.floor(bits / 2 ** (8 * i))
  let a = start[0] as number
  let b = start[1] as number
  let c = start[2] as number
  let d = start[3] as number
  let e = start[4] as number
  let f = start[5] as number
  let g = start[6] as number
  let h = start[7] as number
  for (let offset = 0; offset < end; offset += 64) {
    schedule(offset)
    const before = [a, b, c, d, e, f, g, h] as const
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[i] as number) + (words[i] as number)) | 0
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    a = (a + before[0]) | 0
    b = (b + before[1]) | 0
    c = (c + before[2]) | 0
    d = (d + before[3]) | 0
    e = (e + before[4]) | 0
    f = (f + before[5]) | 0
    g = (g + before[6]) | 0
    h = (h + before[7]) | 0
  }
  return hex(a) + hex(b) + hex(c) + hex(d) + hex(e) + hex(f) + hex(g) + hex(h)
}

/** Puts the text's bytes into the buffer, with room for the padding; answers how many. */
function write(text: string): number {
  const room = text.length * 3 + 128
  if (bytes.length < room) bytes = new Uint8Array(room)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return encoder.encodeInto(text, bytes).written
    bytes[i] = code
  }
  return text.length
}

function schedule(offset: number): void {
  for (let i = 0; i < 16; i++) {
    const at = offset + i * 4
    words[i] =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
  }
  for (let i = 16; i < 64; i++) {
    const w15 = words[i - 15] as number
    const w2 = words[i - 2] as number
    const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3)
    const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10)
    words[i] = ((words[i - 16] as number) + s0 + (words[i - 7] as number) + s1) | 0
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
