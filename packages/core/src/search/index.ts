export { errorBound, type Metric, type VectorShape } from './codec.ts'
export { type FullText, type FullTextOptions, fullText, type Hit, type Piece, type SearchOptions } from './full-text.ts'
export { type VectorMatch, type Vectors, vectors } from './vectors.ts'
