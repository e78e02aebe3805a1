// SHA-256 (FIPS 180-4), synchronous. WebCrypto's is not, and a hash has to be made inside the transaction that it seals; the
// one of node:crypto costs a Worker several times as much for texts as short as an entry, and asks for a compatibility flag.

const rounds = new Int32Array(64)
const start = new Int32Array(8)
// The first 32 bits of the fractions of the square (start) and cube (rounds) roots of the first primes.
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

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const state = new Int32Array(8)
const words = new Int32Array(64)
const encoder = new TextEncoder()
let bytes = new Uint8Array(4096)

/** The hash of a text's UTF-8 bytes, in hex. */
export function sha256(text: string): string {
  // A UTF-16 unit is at most three bytes; the padding fills the last block or needs one more.
  const room = text.length * 3 + 128
  if (bytes.length < room) bytes = new Uint8Array(room)
  const { written } = encoder.encodeInto(text, bytes)
  const end = ((written + 9 + 63) >> 6) << 6
  bytes.fill(0, written, end)
  bytes[written] = 0x80
  // The length in bits, to its 37th: no text is longer.
  let length = written * 8
  for (let at = end - 1; length > 0; at--) {
    bytes[at] = length & 255
    length = Math.floor(length / 256)
  }
  state.set(start)
  for (let offset = 0; offset < end; offset += 64) block(offset)
  let hex = ''
  for (const word of state) {
    hex += `${hexOf[word >>> 24]}${hexOf[(word >>> 16) & 255]}${hexOf[(word >>> 8) & 255]}${hexOf[word & 255]}`
  }
  return hex
}

// Indices stay within 64, 64 and 8; `at` is there for the checker and costs nothing.
const at = (list: Int32Array, index: number): number => list[index] as number

function block(offset: number): void {
  schedule(offset)
  let a = at(state, 0)
  let b = at(state, 1)
  let c = at(state, 2)
  let d = at(state, 3)
  let e = at(state, 4)
  let f = at(state, 5)
  let g = at(state, 6)
  let h = at(state, 7)
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + at(rounds, i) + at(words, i)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (c & (a ^ b)))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = at(state, 0) + a
  state[1] = at(state, 1) + b
  state[2] = at(state, 2) + c
  state[3] = at(state, 3) + d
  state[4] = at(state, 4) + e
  state[5] = at(state, 5) + f
  state[6] = at(state, 6) + g
  state[7] = at(state, 7) + h
}

function schedule(offset: number): void {
  for (let i = 0, from = offset; i < 16; i++, from += 4) {
    words[i] =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number)
  }
  for (let i = 16; i < 64; i++) {
    const x = at(words, i - 15)
    const y = at(words, i - 2)
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    words[i] = at(words, i - 16) + s0 + at(words, i - 7) + s1
  }
}
