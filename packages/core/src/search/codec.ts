import { refuse } from '@do/provider'

export type Metric = 'cosine' | 'dot' | 'euclidean'

export interface VectorShape {
  /** 1 to 4,096; every vector has so many numbers. */
  readonly dimensions: number
  /** Default `cosine`. */
  readonly metric?: Metric
  /** `float32` (default), or `int8`: a quarter of the space, see `errorBound`. */
  readonly type?: 'float32' | 'int8'
}

/**
 * A vector as bytes. For `cosine` its length is made 1 first. `float32`: the numbers. `int8`: a float32 scale, then each number
 * divided by it and rounded.
 * @throws ProviderError `invalid_vector`
 */
export function encodeVector(values: ArrayLike<number>, shape: VectorShape): ArrayBuffer {
  const vector = checked(values, shape)
  if (shape.type !== 'int8') return Float32Array.from(vector).buffer
  const scale = Math.fround(greatest(vector) / 127) || 1
  const bytes = new ArrayBuffer(4 + vector.length)
  new Float32Array(bytes, 0, 1)[0] = scale
  const whole = new Int8Array(bytes, 4)
  for (let index = 0; index < vector.length; index++) whole[index] = clamp(Math.round((vector[index] as number) / scale))
  return bytes
}

/** The vector as it is searched. */
export function decodeVector(data: ArrayBuffer, { type }: VectorShape): Float32Array {
  if (type !== 'int8') return new Float32Array(data)
  const scale = new Float32Array(data, 0, 1)[0] as number
  return Float32Array.from(new Int8Array(data, 4), (whole) => whole * scale)
}

/**
 * How far at most the score of a stored `int8` vector may be from that of the exact one: each number is wrong by half a step of
 * the scale (greatest number / 127). Dot and cosine: half a step × the sum of the query's absolute numbers; euclidean: half a
 * step × √dimensions.
 */
export function errorBound(values: ArrayLike<number>, query: ArrayLike<number>, shape: VectorShape): number {
  if (shape.type !== 'int8') return 0
  const half = greatest(checked(values, shape)) / 127 / 2
  if (shape.metric === 'euclidean') return half * Math.sqrt(shape.dimensions)
  return half * checked(query, shape).reduce((sum, value) => sum + Math.abs(value), 0)
}

/** Scores stored vectors against one query; greater is nearer. */
export function scorer(query: ArrayLike<number>, shape: VectorShape): (data: ArrayBuffer) => number {
  const wanted = Float64Array.from(checked(query, shape))
  const { dimensions } = shape
  const small = shape.type === 'int8'
  if (shape.metric !== 'euclidean') {
    return small
      ? (data) => (new Float32Array(data, 0, 1)[0] as number) * dot(wanted, new Int8Array(data, 4), dimensions)
      : (data) => dot(wanted, new Float32Array(data), dimensions)
  }
  return small
    ? (data) => -distance(wanted, new Int8Array(data, 4), new Float32Array(data, 0, 1)[0] as number, dimensions)
    : (data) => -distance(wanted, new Float32Array(data), 1, dimensions)
}

// Four sums at a time: the processor need not wait for one before it begins the next.
function dot(a: Float64Array, b: Float32Array | Int8Array, length: number): number {
  let [one, two, three, four] = [0, 0, 0, 0]
  let index = 0
  for (; index + 3 < length; index += 4) {
    one += (a[index] as number) * (b[index] as number)
    two += (a[index + 1] as number) * (b[index + 1] as number)
    three += (a[index + 2] as number) * (b[index + 2] as number)
    four += (a[index + 3] as number) * (b[index + 3] as number)
  }
  for (; index < length; index++) one += (a[index] as number) * (b[index] as number)
  return one + two + three + four
}

function distance(a: Float64Array, b: Float32Array | Int8Array, scale: number, length: number): number {
  let sum = 0
  for (let index = 0; index < length; index++) {
    const difference = (a[index] as number) - (b[index] as number) * scale
    sum += difference * difference
  }
  return Math.sqrt(sum)
}

function checked(values: ArrayLike<number>, { dimensions, metric = 'cosine' }: VectorShape): Float64Array {
  const given = typeof values === 'object' && values !== null ? values.length : undefined
  if (given !== dimensions) {
    throw refuse(
      'invalid_vector',
      `A vector here has ${dimensions} numbers, not ${given ?? 'none'}. Use the model it was made for.`,
    )
  }
  const vector = Float64Array.from(values)
  // Beyond float32 it would be stored as infinite.
  for (let index = 0; index < dimensions; index++) {
    if (typeof values[index] === 'number' && Number.isFinite(Math.fround(vector[index] as number))) continue
    throw refuse('invalid_vector', 'A vector is made of finite numbers only.')
  }
  if (metric !== 'cosine') return vector
  const largest = greatest(vector)
  if (largest === 0) throw refuse('invalid_vector', 'A vector of zeros has no direction to compare.')
  // Scaled first: the squares of very small or large numbers would be 0 or infinite.
  let squares = 0
  for (const value of vector) squares += (value / largest) ** 2
  const length = Math.sqrt(squares)
  for (let index = 0; index < dimensions; index++) vector[index] = (vector[index] as number) / largest / length
  return vector
}

function greatest(vector: Float64Array): number {
  let most = 0
  for (const value of vector) most = Math.max(most, Math.abs(value))
  return most
}

function clamp(value: number): number {
  return Math.max(-127, Math.min(127, value))
}
